#include "cli/verbs/pixel_options.h"

#include <fmt/core.h>

#include "cli/options/number_option.h"
#include "cli/options/value_list.h"

namespace karnin::cli {
namespace {

/// Within which quotients of two are floats, too.
constexpr Range<double> kFactor{1e-6, 1e6};
constexpr Range<double> kOffset{0, 1e6};

void add_list(CLI::App& verb, const std::string& flag, std::vector<double>& values,
              const Range<double>& range, const std::string& help) {
  verb.add_option_function<std::string>(
          flag,
          [flag, &values, range](const std::string& text) {
            values = parse_sequence(flag, text, range);
          },
          help)
      ->type_name("REAL[,REAL...]");
}

/// One a channel, as a share of the scale.
std::vector<float> by_channel(const std::string& flag, const std::vector<double>& values,
                              double otherwise, double scale, std::int64_t channels) {
  if (values.size() > 1 && std::cmp_not_equal(values.size(), channels))
    throw ArgumentError(
        fmt::format("{}: expected one number or one for each of {} channels, got {}", flag,
                    channels, values.size()));
  std::vector<float> shares;
  for (std::int64_t c = 0; c < channels; ++c) {
    const double value =
        values.empty() ? otherwise : values[values.size() == 1 ? 0 : static_cast<std::size_t>(c)];
    shares.push_back(static_cast<float>(value / scale));
  }
  return shares;
}

}  // namespace

void add_pixel_options(CLI::App& verb, PixelOptions& options) {
  add_number(
      verb, "--scale", options.scale, kFactor,
      "A pixel, 0 to 255, goes in as (pixel / 255 x SCALE - MEAN) / STD; 1 beside the others");
  add_list(verb, "--mean", options.mean, kOffset, "One number, or one for each channel");
  add_list(verb, "--std", options.std, kFactor, "One number, or one for each channel");
}

void apply(const PixelOptions& options, Model& model) {
  if (!options.scale && options.mean.empty() && options.std.empty()) return;
  const double scale = options.scale.value_or(1);
  const std::int64_t channels = input_extent(model.graph).c;
  model.preprocess = {by_channel("--mean", options.mean, 0, scale, channels),
                      by_channel("--std", options.std, 1, scale, channels)};
}

}  // namespace karnin::cli
