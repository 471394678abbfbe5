// karnin-cpu import: a network of others, or its weights, as a file of this program's.
#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "cli/console/console.h"
#include "cli/console/heap.h"
#include "cli/console/output.h"
#include "cli/options/result_options.h"
#include "cli/options/verb.h"
#include "cli/verbs/pixel_options.h"
#include "cli/verbs/verbs.h"
#include "formats/exchange/any_model.h"
#include "formats/exchange/safetensors_model.h"
#include "formats/io/file_status.h"
#include "formats/io/printable.h"
#include "formats/model/model_file.h"
#include "formats/model/provenance.h"
#include "formats/report/quantity.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ImportVerb : VerbOptions {
  std::string model, net;
  PixelOptions pixels;
  std::optional<PixelOrder> order;
  ResultOptions result;
};

Model read_model_of_others(const ImportVerb& verb) {
  if (!is_safetensors(verb.model)) return read_any_model(verb.model);
  if (verb.net.empty())
    throw ArgumentError("--net: expected the network that the weights are of, got none");
  return read_safetensors(verb.model, read_any_network(verb.net));
}

Json history_entry(const ImportVerb& verb) {
  Json entry{{"verb", "import"}, {"model", verb.model}};
  if (!verb.net.empty()) entry["net"] = verb.net;
  return entry;
}

ExitCode import(const ImportVerb& verb) {
  give_large_blocks_back();
  Console console;
  const Watcher& watcher = console.watcher();
  OutputFiles files = take_file(verb.result, watcher);
  Model model = read_model_of_others(verb);
  apply(verb.pixels, model);
  if (verb.order) std::get<Input>(model.graph.nodes.front().op).order = *verb.order;
  append_provenance(model, history_entry(verb));
  const std::vector<std::uint8_t> bytes = encode_model(model);
  files.write(verb.result.out, bytes);
  const std::string out = files.place_of(verb.result.out).string();
  const auto size = static_cast<std::int64_t>(bytes.size());
  const std::size_t layers =
      layer_count(model.graph, static_cast<NodeId>(model.graph.nodes.size()));
  if (verb.json)
    print_json(Json{{"file", out},
                    {"layers", layers},
                    {"parameters", model.parameter_count()},
                    {"nonzero", model.nonzero_count()},
                    {"file_bytes", size}});
  else
    print(fmt::format("{}: {} layers, {} parameters, {} of them not zero; {}\n",
                      printable_line(out), layers, count(model.parameter_count()),
                      count(model.nonzero_count()), karnin::bytes(size)));
  return exit_code_of(false, files.in_place());
}

}  // namespace

void add_import(CLI::App& app, Action& action) {
  const auto options = std::make_shared<ImportVerb>();
  Verb& verb = add_verb(
      app,
      {"import", "Turn a network of others into a model file",
       "import --model net.onnx --out model.bin",
       "Wherever a verb reads a model but verify, an ONNX file may stand instead; a model file is\n"
       "smaller, is read faster, and remembers what was done to it.\n"
       "Pixels go into the network of an ONNX file as they are, 0 to 255, unless the file is one\n"
       "of export, or --scale, --mean or --std say otherwise; which the model file remembers,\n"
       "and --layout too.\n"
       "A safetensors file holds weights alone, by names: --net is the network that they are of,\n"
       "and how it takes pixels."},
      *options);
  verb.add_option("--model", options->model, "An ONNX file, .onnx, or weights, .safetensors")
      ->required();
  verb.add_option("--net", options->net,
                  "With weights: khanal2018, lenet-300-100, lenet-5, an architecture in JSON, a "
                  "model file or an ONNX file");
  verb.matter_if({"--net"}, "weights (--model FILE.safetensors)",
                 [options] { return is_safetensors(options->model); });
  add_pixel_options(verb, options->pixels);
  verb.add_option_function<std::string>(
          "--layout",
          [options](const std::string& name) {
            options->order = name == "nhwc" ? PixelOrder::hwc : PixelOrder::chw;
          },
          "How the arrays lie that it was trained on: of .npy images, and of vectors made of "
          "images; otherwise as the file tells")
      ->check(CLI::IsMember({"nchw", "nhwc"}));
  add_result_options(verb, options->result, "model.bin", "The model file");
  select(verb, action, options, import);
}

}  // namespace karnin::cli
