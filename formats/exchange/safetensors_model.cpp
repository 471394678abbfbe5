#include "formats/exchange/safetensors_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <utility>

#include "formats/exchange/safetensors_file.h"
#include "formats/io/atomic_file.h"
#include "formats/io/printable.h"

namespace karnin {
namespace {

constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 36;  // no limit but sanity

/// PyTorch's word for it.
std::string_view name_in_torch(Role role) {
  switch (role) {
    case Role::scale:
    case Role::slope:
      return "weight";
    case Role::shift:
      return "bias";
    case Role::mean:
      return "running_mean";
    case Role::variance:
      return "running_var";
    default:
      return to_string(role);
  }
}

std::string name_in_torch(const Graph& graph, const ParameterSpec& spec) {
  return fmt::format("{}.{}", graph.node(spec.node).name, name_in_torch(spec.role));
}

std::string described(std::string_view name, const Dims& dims) {
  return fmt::format("{} ({})", printable_line(name), fmt::join(dims, "x"));
}

/// The first few of a list, and how many more there are.
std::string some_of(const std::vector<std::string>& items) {
  constexpr std::size_t kShown = 8;
  if (items.empty()) return "none";
  if (items.size() <= kShown) return fmt::format("{}", fmt::join(items, ", "));
  return fmt::format("{} and {} more", fmt::join(items.begin(), items.begin() + kShown, ", "),
                     items.size() - kShown);
}

/// Hands the tensors of a file to those who ask for them by name, and knows what came of it.
class TensorsByName {
 public:
  explicit TensorsByName(std::map<std::string, SafeTensor> tensors)
      : tensors_(std::move(tensors)) {}

  /// What stands before every name, if `known` is one that is there.
  void find_prefix(const std::string& known) {
    if (tensors_.contains(known)) return;
    for (const auto& [name, tensor] : tensors_)
      if (name.ends_with("." + known)) prefix_ = name.substr(0, name.size() - known.size());
  }

  /// Nothing where it isn't there, which is noted as long as it isn't optional.
  const SafeTensor* take(const std::string& name, const Dims& dims, bool optional) {
    const auto found = tensors_.find(prefix_ + name);
    if (found != tensors_.end() && found->second.dims == dims) {
      taken_.insert(found->first);
      return &found->second;
    }
    if (found != tensors_.end() || !optional) missing_.push_back(described(prefix_ + name, dims));
    return nullptr;
  }

  /// Throws FileError where something is missing or left over.
  void expect_all_taken(const std::string& path) const {
    std::vector<std::string> left;
    for (const auto& [name, tensor] : tensors_)
      if (!taken_.contains(name) && !name.ends_with(".num_batches_tracked"))
        left.push_back(described(name, tensor.dims));
    if (!missing_.empty() || !left.empty())
      throw FileError(path, 0,
                      fmt::format("the tensors don't fit the network: expected {}, got {}",
                                  some_of(missing_), some_of(left)));
  }

 private:
  std::map<std::string, SafeTensor> tensors_;
  std::string prefix_;
  std::set<std::string> taken_;
  std::vector<std::string> missing_;
};

void fill(Tensor& tensor, const SafeTensor& from, const std::string& name,
          const std::string& path) {
  try {
    copy_floats(from, tensor.span());
  } catch (const ArgumentError& error) {
    throw FileError(path, 0, fmt::format("{}: {}", printable_line(name), error.what()));
  }
}

}  // namespace

bool is_safetensors(const std::filesystem::path& path) {
  return path.extension() == ".safetensors";
}

std::vector<std::uint8_t> encode_safetensors(const Model& model) {
  validate(model);
  std::vector<NamedFloats> tensors;
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (std::size_t i = 0; i < specs.size(); ++i)
    tensors.push_back(
        {name_in_torch(model.graph, specs[i]), specs[i].dims, model.parameters[i].value.span()});
  return encode_floats_by_name(tensors);
}

/// Weights are made when all of them are known to be there: no file asks for more than it has.
Model decode_safetensors(std::span<const std::uint8_t> bytes, const std::string& path,
                         ModelDescription network) {
  TensorsByName tensors(parse_safetensors(bytes, path));
  const std::vector<ParameterSpec> specs = parameter_specs(network.graph);
  if (!specs.empty()) tensors.find_prefix(name_in_torch(network.graph, specs.front()));
  std::vector<const SafeTensor*> found;
  for (const ParameterSpec& spec : specs)
    found.push_back(
        tensors.take(name_in_torch(network.graph, spec), spec.dims, spec.role == Role::bias));
  tensors.expect_all_taken(path);
  network.provenance.clear();  // of other weights
  Model model{std::move(network), {}, {}};
  for (std::size_t i = 0; i < specs.size(); ++i) {
    Parameter& parameter = model.parameters.emplace_back(specs[i].name, Tensor(specs[i].dims));
    if (found[i] != nullptr) fill(parameter.value, *found[i], specs[i].name, path);
  }
  return model;
}

Model read_safetensors(const std::filesystem::path& path, ModelDescription network) {
  return decode_safetensors(read_file(path, kMostFileBytes), path.string(), std::move(network));
}

}  // namespace karnin
