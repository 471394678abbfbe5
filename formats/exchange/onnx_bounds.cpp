#include "formats/exchange/onnx_bounds.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <array>

#include "runtime/core/error.h"

namespace karnin {
namespace {

/// Messages of onnx.proto by what they hold.
enum class Kind {
  model,
  graph,
  node,
  attribute,
  sparse,
  value,
  type,
  shaped,
  shape,
  training,
  function,
  leaf
};

struct Child {
  Kind parent;
  std::uint32_t field;
  Kind kind;
};

/// Who holds whom under which number, in onnx.proto of IR version 8. What later versions added is
/// as harmless as text: it is kept in the bytes that it has.
constexpr std::array kChildren{
    Child{Kind::model, 7, Kind::graph},       Child{Kind::model, 8, Kind::leaf},
    Child{Kind::model, 14, Kind::leaf},       Child{Kind::model, 20, Kind::training},
    Child{Kind::model, 25, Kind::function},   Child{Kind::graph, 1, Kind::node},
    Child{Kind::graph, 5, Kind::leaf},        Child{Kind::graph, 11, Kind::value},
    Child{Kind::graph, 12, Kind::value},      Child{Kind::graph, 13, Kind::value},
    Child{Kind::graph, 14, Kind::leaf},       Child{Kind::graph, 15, Kind::sparse},
    Child{Kind::node, 5, Kind::attribute},    Child{Kind::attribute, 5, Kind::leaf},
    Child{Kind::attribute, 6, Kind::graph},   Child{Kind::attribute, 10, Kind::leaf},
    Child{Kind::attribute, 11, Kind::graph},  Child{Kind::attribute, 14, Kind::type},
    Child{Kind::attribute, 15, Kind::type},   Child{Kind::attribute, 22, Kind::sparse},
    Child{Kind::attribute, 23, Kind::sparse}, Child{Kind::sparse, 1, Kind::leaf},
    Child{Kind::sparse, 2, Kind::leaf},       Child{Kind::value, 2, Kind::type},
    Child{Kind::type, 1, Kind::shaped},       Child{Kind::type, 8, Kind::shaped},
    Child{Kind::type, 4, Kind::leaf},         Child{Kind::type, 5, Kind::leaf},
    Child{Kind::type, 9, Kind::leaf},         Child{Kind::shaped, 2, Kind::shape},
    Child{Kind::shape, 1, Kind::leaf},        Child{Kind::training, 1, Kind::graph},
    Child{Kind::training, 2, Kind::graph},    Child{Kind::function, 7, Kind::node},
};

/// Walks over the tags and lengths of a file, and makes nothing of it.
class Scan {
 public:
  Scan(std::span<const std::uint8_t> bytes, const std::string& path)
      : path_(path), input_(bytes.data(), static_cast<int>(bytes.size())) {}

  void message(Kind kind, int depth) {
    require(depth <= kMaxOnnxDepth, fmt::format("nested deeper than {} levels", kMaxOnnxDepth));
    while (const std::uint32_t tag = input_.ReadTag()) field(kind, tag, depth);
    require(input_.ConsumedEntireMessage(), "expected the tag of a field");
  }

 private:
  void require(bool holds, const std::string& problem) const {
    if (holds) return;
    throw FileError(path_, static_cast<std::uint64_t>(input_.CurrentPosition()),
                    "not a sound ONNX model: " + problem);
  }

  /// Groups, wire types 3 and 4, are older than ONNX.
  void field(Kind kind, std::uint32_t tag, int depth) {
    std::uint64_t number = 0;
    switch (tag & 7U) {  // the wire type
      case 0:
        return require(input_.ReadVarint64(&number), "a number is cut off");
      case 1:
        return skip(8);
      case 5:
        return skip(4);
      case 2:
        return bytes(kind, tag >> 3, depth);
      default:
        require(false, fmt::format("unknown wire type {}", tag & 7U));
    }
  }

  void skip(int count) { require(input_.Skip(count), "a value is cut off"); }

  void bytes(Kind kind, std::uint32_t number, int depth) {
    int length = 0;
    require(input_.ReadVarintSizeAsInt(&length), "a length is cut off");
    const auto child = std::ranges::find_if(
        kChildren, [&](const Child& c) { return c.parent == kind && c.field == number; });
    if (child == kChildren.end()) return skip(length);
    count(child->kind);
    if (child->kind == Kind::leaf) return skip(length);
    require(length <= input_.BytesUntilLimit() || input_.BytesUntilLimit() < 0,
            "a message is cut off");
    const auto limit = input_.PushLimit(length);
    message(child->kind, depth + 1);
    require(input_.BytesUntilLimit() == 0, "a message is cut off");
    input_.PopLimit(limit);
  }

  void count(Kind kind) {
    require(++messages_ <= kMaxOnnxMessages,
            fmt::format("expected at most {} messages", kMaxOnnxMessages));
    if (kind == Kind::node)
      require(++nodes_ <= kMaxOnnxNodes, fmt::format("expected at most {} nodes", kMaxOnnxNodes));
  }

  const std::string& path_;
  google::protobuf::io::CodedInputStream input_;
  std::size_t messages_ = 0, nodes_ = 0;
};

}  // namespace

void check_onnx_bounds(std::span<const std::uint8_t> bytes, const std::string& path) {
  if (bytes.size() > kMaxOnnxBytes)
    throw FileError(path, 0,
                    fmt::format("expected at most {} bytes, got {}", kMaxOnnxBytes, bytes.size()));
  Scan(bytes, path).message(Kind::model, 1);
}

}  // namespace karnin
