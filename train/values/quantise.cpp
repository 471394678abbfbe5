#include "train/values/quantise.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "runtime/core/error.h"
#include "runtime/core/named_enum.h"
#include "train/values/codebook.h"
#include "train/values/rounding.h"

namespace karnin {
namespace {

constexpr EnumNames<ValueKind, 5> kNames{{
    {ValueKind::f32, "f32"},
    {ValueKind::f16, "f16"},
    {ValueKind::bf16, "bf16"},
    {ValueKind::int8, "int8"},
    {ValueKind::codebook, "codebook"},
}};

/// Calls visit(weight) for every kept weight of [first, first + count).
template <typename Visit>
void for_each_kept(Parameter& parameter, std::size_t first, std::size_t count, const Visit& visit) {
  for (std::size_t i = first; i < first + count; ++i)
    if (parameter.mask.empty() || parameter.mask[i] != 0) visit(parameter.value.data()[i]);
}

template <typename Visit>
void for_each_kept(Parameter& parameter, const Visit& visit) {
  for_each_kept(parameter, 0, parameter.value.span().size(), visit);
}

/// Leaves 7 bits of the mantissa free: integers of up to 127 times it are exact.
float row_step(float largest) {
  constexpr int kBits = 16;
  const float step = round_mantissa(largest / 127, kBits);
  return step * 127 < largest ? round_mantissa(step * (1 + 0x1p-16F), kBits) : step;
}

/// A bias is one row.
void quantise_rows(Parameter& parameter) {
  const Dims& dims = parameter.value.dims();
  const std::size_t size = parameter.value.span().size();
  const std::size_t row = dims.size() > 1 ? size / static_cast<std::size_t>(dims.front()) : size;
  for (std::size_t first = 0; first < size; first += row) {
    float largest = 0;
    for_each_kept(parameter, first, row,
                  [&](float value) { largest = std::max(largest, std::fabs(value)); });
    const float step = row_step(largest);
    for_each_kept(parameter, first, row, [&](float& value) {
      value = step == 0 ? 0.0F : std::clamp(std::nearbyint(value / step), -127.0F, 127.0F) * step;
      value += 0.0F;  // no negative zero
    });
  }
}

void quantise_to_codebook(Parameter& parameter, int entries) {
  std::vector<float> values;
  for_each_kept(parameter, [&](float& value) {
    value += 0.0F;
    values.push_back(value);
  });
  if (values.empty()) return;
  const std::vector<float> codebook = make_codebook(values, entries);
  for_each_kept(parameter, [&](float& value) { value = codebook[nearest_entry(codebook, value)]; });
}

void quantise(Parameter& parameter, Role role, const QuantiseOptions& options) {
  switch (options.kind) {
    case ValueKind::f32:
      return;
    case ValueKind::f16:
      return for_each_kept(parameter, [](float& value) { value = round_to_f16(value); });
    case ValueKind::bf16:
      return for_each_kept(parameter, [](float& value) { value = round_to_bf16(value); });
    case ValueKind::int8:
      return quantise_rows(parameter);
    case ValueKind::codebook:
      return role == Role::weight ? quantise_to_codebook(parameter, options.entries)
                                  : quantise_rows(parameter);
  }
}

}  // namespace

std::string_view to_string(ValueKind kind) { return name_of(kNames, kind); }

ValueKind value_kind_from_string(std::string_view name) { return value_of(kNames, "values", name); }

void quantise(Model& model, const QuantiseOptions& options) {
  if (options.entries < kLeastEntries || options.entries > kMostEntries)
    throw ArgumentError(fmt::format("codebook: expected {} to {} entries, got {}", kLeastEntries,
                                    kMostEntries, options.entries));
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  // The few numbers of normalisation span decades, and would save next to nothing.
  for (std::size_t p = 0; p < specs.size(); ++p)
    if (specs[p].role == Role::weight || specs[p].role == Role::bias)
      quantise(model.parameters[p], specs[p].role, options);
}

}  // namespace karnin
