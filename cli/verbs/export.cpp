// karnin-cpu export: a network, or its weights, as others read them.
#include <fmt/core.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/console/console.h"
#include "cli/console/heap.h"
#include "cli/console/output.h"
#include "cli/options/result_options.h"
#include "cli/options/verb.h"
#include "cli/verbs/verbs.h"
#include "formats/exchange/any_model.h"
#include "formats/exchange/onnx_writer.h"
#include "formats/exchange/safetensors_model.h"
#include "formats/io/printable.h"
#include "formats/report/quantity.h"
#include "runtime/core/error.h"
#include "runtime/core/named_enum.h"
#include "runtime/graph/fold_affines.h"

namespace karnin::cli {
namespace {

enum class ExportFormat { onnx, safetensors };
constexpr EnumNames<ExportFormat, 2> kExportFormats{
    {{ExportFormat::onnx, "onnx"}, {ExportFormat::safetensors, "safetensors"}}};

struct ExportVerb : VerbOptions {
  std::string model;
  std::optional<ExportFormat> format;
  bool fold = false;
  OnnxWriteOptions onnx;
  ResultOptions result;
};

/// Throws ArgumentError that lists them.
ExportFormat parse_format(std::string_view name) {
  return value_of(kExportFormats, "format", name);
}

/// What --format says, or the end of the file's name.
ExportFormat format_of(const ExportVerb& verb) {
  if (verb.format) return *verb.format;
  if (is_onnx(verb.result.out)) return ExportFormat::onnx;
  if (is_safetensors(verb.result.out)) return ExportFormat::safetensors;
  throw ArgumentError(fmt::format("--out {}: expected .onnx or .safetensors, or --format",
                                  printable_line(verb.result.out.string())));
}

std::vector<std::uint8_t> encoded(const Model& model, const ExportVerb& verb) {
  return format_of(verb) == ExportFormat::onnx ? encode_onnx(model, verb.onnx)
                                               : encode_safetensors(model);
}

ExitCode export_verb(const ExportVerb& verb) {
  const std::filesystem::path model_file = verb.model;
  if (format_of(verb) == ExportFormat::safetensors)  // which has no graph
    require_no_input(verb.result, {&model_file, 1});
  give_large_blocks_back();
  Console console;
  OutputFiles files = take_file(verb.result, console.watcher());
  Model model = read_any_model_or_checkpoint(verb.model);
  if (verb.fold) model = fold_affines(std::move(model));
  const std::vector<std::uint8_t> bytes = encoded(model, verb);
  files.write(verb.result.out, bytes);
  const std::string out = files.place_of(verb.result.out).string();
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (verb.json)
    print_json({{"file", out},
                {"format", name_of(kExportFormats, format_of(verb))},
                {"parameters", model.parameter_count()},
                {"nonzero", model.nonzero_count()},
                {"file_bytes", size}});
  else
    print(fmt::format("{}: {} parameters, {} of them not zero; {}\n", printable_line(out),
                      count(model.parameter_count()), count(model.nonzero_count()),
                      karnin::bytes(size)));
  return exit_code_of(false, files.in_place());
}

}  // namespace

void add_export(CLI::App& app, Action& action) {
  const auto options = std::make_shared<ExportVerb>();
  Verb& verb = add_verb(
      app,
      {"export", "Turn a model file into ONNX, or into weights by name",
       "export --model pruned.bin --out pruned.onnx",
       "The ONNX network (opset 17) takes (pixel / 255 - mean) / std, by numbers that stand in\n"
       "the file's metadata (karnin.mean, karnin.std); import knows them. A safetensors file "
       "holds\n"
       "the weights alone, as f32, under the names that PyTorch has for them."},
      *options);
  verb.add_option("--model", options->model, "A model file, a checkpoint or an ONNX file")
      ->required();
  const auto set_format = [options](const std::string& name) {
    options->format = parse_format(name);
  };
  verb.add_option_function<std::string>("--format", set_format,
                                        "What to write; by the end of --out if it isn't given")
      ->type_name("onnx|safetensors");
  verb.add_flag("--fold", options->fold,
                "Write batch norms into the weights of the layers that they stand behind");
  verb.add_flag("--sparse", options->onnx.sparse,
                "Store tensors of many zeros by the others (sparse_initializer)");
  add_result_options(verb, options->result, "model.onnx", "The file");
  verb.matter_if({"--sparse"}, "ONNX (--out FILE.onnx)",
                 [options] { return format_of(*options) == ExportFormat::onnx; });
  select(verb, action, options, export_verb);
}

}  // namespace karnin::cli
