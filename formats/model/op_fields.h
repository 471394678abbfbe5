// What the JSON forms of several ops share.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "formats/io/json_view.h"
#include "runtime/graph/limits.h"
#include "runtime/graph/ops/padding.h"

namespace karnin {

inline bool is_even(const Padding& padding) { return padding.l == padding.r; }

/// No keys but name, type, inputs and these. Throws FileError.
void require_op_keys(const JsonView& layer, std::initializer_list<std::string_view> own);

std::int64_t read_channels(const JsonView& layer);

/// Two integers, (height, width), or `missing` where the key is left out.
std::vector<std::int64_t> read_pair(const JsonView& layer, std::string_view key, std::int64_t least,
                                    std::vector<std::int64_t> missing);

/// [height, width], or [top, left, bottom, right] where sides differ.
std::string padding_json(const Padding& h, const Padding& w);
void read_padding(const JsonView& layer, Padding& h, Padding& w);

/// "kernel", "stride" and "padding".
template <typename Spec>
std::string window_json(const Spec& spec) {
  const auto pair = [](const char* key, std::int64_t h, std::int64_t w) {
    return "\"" + std::string(key) + "\":[" + std::to_string(h) + "," + std::to_string(w) + "],";
  };
  return pair("kernel", spec.kh, spec.kw) + pair("stride", spec.sh, spec.sw) +
         "\"padding\":" + padding_json(spec.ph, spec.pw);
}

/// A stride that is left out is 1, or as large as the kernel.
template <typename Spec>
void read_window(const JsonView& layer, Spec& spec, bool stride_is_kernel) {
  const auto kernel = layer["kernel"].integers(2, 1, kMaxDim);
  const auto stride =
      read_pair(layer, "stride", 1, stride_is_kernel ? kernel : std::vector<std::int64_t>{1, 1});
  spec.kh = kernel[0], spec.kw = kernel[1];
  spec.sh = stride[0], spec.sw = stride[1];
  read_padding(layer, spec.ph, spec.pw);
}

}  // namespace karnin
