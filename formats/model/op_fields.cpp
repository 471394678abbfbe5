#include "formats/model/op_fields.h"

#include <fmt/format.h>

#include <utility>

namespace karnin {

void require_op_keys(const JsonView& layer, std::initializer_list<std::string_view> own) {
  std::vector<std::string_view> keys{"name", "type", "inputs"};
  keys.insert(keys.end(), own);
  layer.require_keys(keys);
}

std::int64_t read_channels(const JsonView& layer) { return layer["oc"].integer(1, kMaxDim); }

std::vector<std::int64_t> read_pair(const JsonView& layer, std::string_view key, std::int64_t least,
                                    std::vector<std::int64_t> missing) {
  return layer.has(key) ? layer[key].integers(2, least, kMaxDim) : std::move(missing);
}

std::string padding_json(const Padding& h, const Padding& w) {
  if (is_even(h) && is_even(w)) return fmt::format("[{},{}]", h.l, w.l);
  return fmt::format("[{},{},{},{}]", h.l, w.l, h.r, w.r);
}

void read_padding(const JsonView& layer, Padding& h, Padding& w) {
  if (!layer.has("padding")) return;
  const JsonView padding = layer["padding"];
  if (padding.is_array_of(4)) {
    const auto sides = padding.integers(4, 0, kMaxDim);
    h = {sides[0], sides[2]}, w = {sides[1], sides[3]};
    return;
  }
  const auto sides = padding.integers(2, 0, kMaxDim);
  h = sides[0], w = sides[1];
}

}  // namespace karnin
