#include "cli/verbs/data_options.h"

#include "cli/options/number.h"
#include "runtime/core/flat_extent.h"

namespace karnin::cli {
namespace {

constexpr Range<std::int64_t> kSide{1, 8192};

/// "HxW"
void parse_size(const std::string& text, Extent& image) {
  const std::size_t cross = text.find('x');
  if (cross == std::string::npos)
    throw ArgumentError("--size: expected HEIGHTxWIDTH, as 32x32, got '" + text + "'");
  image.h = parse_number("--size", text.substr(0, cross), kSide);
  image.w = parse_number("--size", text.substr(cross + 1), kSide);
}

}  // namespace

void add_form_options(CLI::App& verb, DataForm& form) {
  verb.add_option_function<std::string>(
          "--size", [&form](const std::string& text) { parse_size(text, form.image); },
          "Make PNG and JPEG images fit, cut evenly where they hang over; otherwise as the network "
          "takes them, or as they are where it takes any")
      ->type_name("HxW");
  verb.add_option_function<std::string>(
          "--layout",
          [&form](const std::string& name) {
            form.order = name == "nhwc" ? ArrayOrder::nhwc : ArrayOrder::nchw;
          },
          "Axes of .npy images; otherwise as they fit the network, or nhwc where the last is at "
          "most "
          "4 long and the second longer")
      ->check(CLI::IsMember({"nchw", "nhwc"}));
}

void add_data_options(CLI::App& verb, DataOptions& options, const std::string& help) {
  verb.add_option("--data", options.data, help);
  add_form_options(verb, options.form);
}

DataForm form_for(const Graph& graph, DataForm form) {
  const Extent& input = input_extent(graph);
  form.input = input;
  if (flat_order(graph) == ArrayOrder::nhwc) form.usual = ArrayOrder::nhwc;
  if (!is_vector(input)) {
    form.image.c = input.c;
    if (form.image.h == 0) form.image.h = input.h, form.image.w = input.w;
  } else if (form.image.h != 0 && input.size() % (form.image.h * form.image.w) == 0) {
    form.image.c = input.size() / (form.image.h * form.image.w);
  }
  return form;
}

ArrayOrder flat_order(const Graph& graph) {
  for (const Node& node : graph.nodes)
    if (const auto* input = std::get_if<Input>(&node.op))
      return input->order == PixelOrder::hwc ? ArrayOrder::nhwc : ArrayOrder::nchw;
  return ArrayOrder::nchw;
}

}  // namespace karnin::cli
