// Whatever fails, and whenever: a file that is replaced is the old one or the new one, whole, and a
// model is read right or not at all.
#include <gmock/gmock.h>

#include <cerrno>
#include <new>

#include "formats/coding/tensor_codec.h"
#include "formats/coding/text_codec.h"
#include "formats/io/atomic_file.h"
#include "formats/io/container.h"
#include "formats/model/model_file.h"
#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/failing_allocations.h"
#include "tests/support/failing_calls.h"
#include "tests/support/random_model.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::FailingAllocations;
using test::FailingCalls;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr int kMostFaults = 20'000;

/// Calls action(k, for_good), which tells whether the k-th thing failed, for every k until none
/// does. Returns how many k there were.
int for_every_fault(const auto& action) {
  int k = 0;
  for (const bool for_good : {false, true}) {
    for (k = 0; k < kMostFaults; ++k)
      if (!action(k, for_good)) break;
    EXPECT_LT(k, kMostFaults);
  }
  return k;
}

/// The file holds `old_model` or `new_model`, and nothing lies beside it.
void expect_old_or_new(const test::TemporaryDirectory& directory, bool is_new,
                       const Model& old_model, const Model& new_model) {
  EXPECT_EQ(read_model(directory / "model.bin"), is_new ? new_model : old_model);
  EXPECT_EQ(directory.entries(), std::vector<std::string>{"model.bin"});
}

/// All of a file but the JSON in it, whose library takes from the heap when it gives back: without
/// memory it ends the process, and nothing here could keep it from that.
void read_all_but_json(const std::vector<std::uint8_t>& bytes, const Model& model) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  auto spec = specs.begin();
  for (const SectionView& section : decode_container(bytes, "file")) {
    if (section.kind == SectionKind::description) decode_text(section.payload, "description");
    if (section.kind != SectionKind::tensor) continue;
    const auto index = static_cast<std::size_t>(spec - specs.begin());
    EXPECT_TRUE(decode_parameter(section.payload, *spec) == model.parameters[index]);
    EXPECT_EQ(decode_compact_parameter(section.payload, *spec++).name, specs[index].name);
  }
}

TEST(Fault, ReadingSurvivesEveryFailedAllocation) {
  const Model model = test::packed_model();
  const std::vector<std::uint8_t> bytes = encode_model(model);
  const int allocations = for_every_fault([&](int k, bool for_good) {
    const FailingAllocations fault(k, for_good);
    try {
      read_all_but_json(bytes, model);
      EXPECT_FALSE(fault.happened()) << k;
    } catch (const std::bad_alloc&) {
      EXPECT_TRUE(fault.happened()) << k;
    }
    return fault.happened();
  });
  EXPECT_GT(allocations, 100);
}

TEST(Fault, EncodingSurvivesEveryFailedAllocation) {
  const Model model = test::packed_model();
  const std::vector<std::uint8_t> expected = encode_model(model);
  for_every_fault([&](int k, bool for_good) {
    const FailingAllocations fault(k, for_good);
    try {
      EXPECT_TRUE(encode_model(model) == expected) << k;
      EXPECT_FALSE(fault.happened()) << k;
    } catch (const std::bad_alloc&) {
      EXPECT_TRUE(fault.happened()) << k;
    }
    return fault.happened();
  });
}

TEST(Fault, SavingSurvivesEveryFailedAllocation) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory / "file";
  const std::vector<std::uint8_t> old_bytes(1000, 1), new_bytes(3000, 2);
  for_every_fault([&](int k, bool for_good) {
    replace_file(path, old_bytes);
    bool happened = false;
    {
      const FailingAllocations fault(k, for_good);
      try {
        replace_file(path, new_bytes);
      } catch (const std::bad_alloc&) {
      }
      happened = fault.happened();
    }
    const std::vector<std::uint8_t> bytes = test::read_bytes(path);
    EXPECT_TRUE(bytes == new_bytes || (happened && bytes == old_bytes)) << k;
    EXPECT_EQ(directory.entries(), std::vector<std::string>{"file"}) << k;
    return happened;
  });
}

TEST(Fault, WritingSurvivesEveryFailedCall) {
  const test::TemporaryDirectory directory;
  const Model old_model = test::tiny_model(), new_model = test::packed_model();
  for (const std::string& name : test::failing_calls())
    for (const int error : {EIO, ENOSPC, EROFS}) {
      const int calls = for_every_fault([&](int k, bool for_good) {
        write_model(directory / "model.bin", old_model);
        bool is_new = true;
        bool happened = false;
        {
          const FailingCalls fault(name, k, for_good, error);
          try {
            write_model(directory / "model.bin", new_model);
          } catch (const OutputError&) {
            is_new = false;
          }
          happened = fault.happened();
        }
        EXPECT_TRUE(is_new || happened);
        expect_old_or_new(directory, is_new, old_model, new_model);
        return happened;
      });
      EXPECT_GE(calls, 1) << name;
    }
}

TEST(Fault, AFailedWriteThatCannotCleanUpLeavesTheOldFileWhole) {
  const Model old_model = test::tiny_model(), new_model = test::packed_model();
  for (const std::string name : {"fchmod", "write", "fsync", "rename"}) {
    const test::TemporaryDirectory directory;
    write_model(directory / "model.bin", old_model);
    {
      const FailingCalls first(name, 0, false, ENOSPC), second("unlink", 0, true, EIO);
      EXPECT_THROW(write_model(directory / "model.bin", new_model), OutputError) << name;
      EXPECT_TRUE(first.happened() && second.happened()) << name;
    }
    EXPECT_EQ(read_model(directory / "model.bin"), old_model) << name;
    EXPECT_THAT(directory.entries(),
                ::testing::UnorderedElementsAre("model.bin", EndsWith(".tmp")));
    write_model(directory / "model.bin", new_model);
    EXPECT_EQ(read_model(directory / "model.bin"), new_model) << "beside what " << name << " left";
  }
}

TEST(Fault, AFailedReadIsToldWithItsPlace) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory / "file";
  test::write_text(path, "12345");
  const auto refusal = [&](int error) {
    const FailingCalls fault("read", 0, false, error);
    return test::error_message<FileError>([&] { read_file(path, 10); });
  };
  EXPECT_THAT(refusal(EIO),
              HasSubstr("cannot read: Input/output error (" + path.string() + ", byte 0)"));
  EXPECT_THAT(refusal(0), HasSubstr("expected 5 bytes, got 0 (" + path.string() + ", byte 0)"))
      << "it has become shorter since its size was asked for";
  const FailingCalls interrupt("read", 0, false, EINTR);
  EXPECT_EQ(read_file(path, 10), test::read_bytes(path));
  EXPECT_TRUE(interrupt.happened());
}

}  // namespace
}  // namespace karnin
