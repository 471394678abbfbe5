// karnin-cpu eval: how good a model file is, how fast, and how small.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "cli/console/output.h"
#include "cli/console/table.h"
#include "cli/options/number_option.h"
#include "cli/options/verb.h"
#include "cli/verbs/environment.h"
#include "cli/verbs/model_data.h"
#include "cli/verbs/verbs.h"
#include "formats/exchange/any_model.h"
#include "formats/io/file_status.h"
#include "formats/io/printable.h"
#include "formats/model/model_file.h"
#include "formats/plan/plan_file.h"
#include "formats/report/quantity.h"
#include "train/session/dataset_title.h"
#include "train/session/evaluation.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

struct EvalVerb : VerbOptions {
  std::string model;
  DataOptions data;
  std::string split = "test";
  std::int64_t batch = 64;
  bool mirror = false;
  std::string plan;
};

struct Report {
  ConfusionMatrix confusion;
  std::vector<std::string> classes;
  double images_per_second;
  int threads;
  std::int64_t parameters, nonzero, dense, file;
  std::vector<LayerProfile> layers;
};

Report evaluate(const EvalVerb& verb, const CompactModel& model, const Dataset& dataset) {
  const ImageSet& images = verb.split == "train" ? dataset.train : dataset.test;
  EngineOptions options;
  options.batch = verb.batch;
  options.threads = verb.threads;
  options.kernel = pinned_kernel_beside(verb.plan);
  if (!verb.plan.empty())
    options.plan = PlanFile(verb.plan, model.graph).find(verb.batch, verb.threads);
  // By the fixed rule: the same accuracy on every run, whatever wins the race for speed.
  ConfusionMatrix confusion =
      classify(model, images, verb.threads, verb.mirror ? View::mirrored : View::plain);
  Engine engine(model, options);
  classify(engine, model.preprocess, images);  // warms up
  const double rate = images_per_second(engine, model.preprocess, images);
  engine.set_profiling(true);  // in a pass of its own: taking the times costs time
  classify(engine, model.preprocess, images);
  const ParameterCount parameters = count_parameters(model);
  return {std::move(confusion),
          dataset.classes,
          rate,
          engine.threads(),
          parameters.all,
          parameters.nonzero,
          dense_bytes(parameters.all),
          file_bytes(verb.model),
          engine.profile()};
}

Json per_class(const Report& report) {
  Json list = Json::array();
  for (std::size_t i = 0; i < report.classes.size(); ++i) {
    const auto accuracy = report.confusion.class_accuracy(static_cast<std::int64_t>(i));
    list.push_back(
        {{"name", report.classes[i]}, {"accuracy", accuracy ? Json(*accuracy) : Json()}});
  }
  return list;
}

Json confusion_rows(const ConfusionMatrix& confusion) {
  Json rows = Json::array();
  for (std::int64_t label = 0; label < confusion.classes(); ++label) {
    Json row = Json::array();
    for (std::int64_t i = 0; i < confusion.classes(); ++i) row.push_back(confusion.at(label, i));
    rows.push_back(std::move(row));
  }
  return rows;
}

Json layer_list(const Report& report) {
  Json list = Json::array();
  for (const LayerProfile& layer : report.layers)
    list.push_back({{"name", layer.name},
                    {"kernel", layer.kernel},
                    {"parameters", layer.parameters},
                    {"nonzero", layer.nonzero},
                    {"microseconds", layer.microseconds}});
  return list;
}

Json report_json(const Report& report) {
  return {{"accuracy", report.confusion.accuracy()},
          {"correct", report.confusion.correct()},
          {"images", report.confusion.images()},
          {"images_per_second", report.images_per_second},
          {"per_class", per_class(report)},
          {"confusion", confusion_rows(report.confusion)},
          {"parameters", report.parameters},
          {"nonzero", report.nonzero},
          {"dense_bytes", report.dense},
          {"file_bytes", report.file},
          {"layers", layer_list(report)}};
}

/// One row a true class; the columns on the right count what it was taken for.
std::string class_table(const Report& report) {
  std::vector<std::string> header{"", "class", "accuracy"};
  for (std::size_t i = 0; i < report.classes.size(); ++i) header.push_back(fmt::format("as {}", i));
  Table table("llr" + std::string(report.classes.size(), 'r'));
  table.add(std::move(header));
  for (std::size_t i = 0; i < report.classes.size(); ++i) {
    const auto label = static_cast<std::int64_t>(i);
    const auto accuracy = report.confusion.class_accuracy(label);
    std::vector<std::string> row{std::to_string(i), report.classes[i],
                                 accuracy ? percent(*accuracy) : "-"};
    for (std::int64_t j = 0; j < report.confusion.classes(); ++j)
      row.push_back(count(report.confusion.at(label, j)));
    table.add(std::move(row));
  }
  return table.str();
}

std::string layer_table(const Report& report) {
  Table table("llrrr");
  table.add({"layer", "kernel", "parameters", "non-zero", "µs an image"});
  for (const LayerProfile& layer : report.layers)
    table.add({shortened(layer.name), layer.kernel,
               layer.parameters == 0 ? "" : count(layer.parameters),
               layer.parameters == 0 ? "" : count(layer.nonzero),
               fmt::format("{:.2f}", layer.microseconds)});
  return table.str();
}

std::string describe(const Report& report, const EvalVerb& verb, const Dataset& dataset) {
  std::string text = fmt::format("{} on {}, {} {} images\n\n", printable_line(verb.model),
                                 title(dataset), count(report.confusion.images()), verb.split);
  text += fmt::format("accuracy  {} ({} correct)\n", percent(report.confusion.accuracy()),
                      count(report.confusion.correct()));
  text += fmt::format("speed     {} images/s ({} threads, batch {})\n",
                      count(static_cast<std::int64_t>(report.images_per_second)), report.threads,
                      verb.batch);
  text += fmt::format(
      "size      {} of {} parameters are not zero; {} in the file, {} as plain f32\n",
      count(report.nonzero), count(report.parameters), bytes(report.file), bytes(report.dense));
  return text + "\n" + class_table(report) + "\n" + layer_table(report);
}

ExitCode eval(const EvalVerb& verb) {
  const CompactModel model = read_any_compact_model(verb.model);
  const Dataset dataset = load_dataset_for(model, verb.data);
  if (verb.split == "train")
    require_training_images(dataset);
  else
    require_test_images(dataset);
  const Report report = evaluate(verb, model, dataset);
  if (verb.json)
    print_json(report_json(report));
  else
    print(describe(report, verb, dataset));
  return ExitCode::done;
}

}  // namespace

void add_eval(CLI::App& app, Action& action) {
  const auto options = std::make_shared<EvalVerb>();
  Verb& verb = add_verb(
      app,
      {"eval", "Measure a model: accuracy, confusion, size, speed",
       "eval --model karnin-run/pruned.bin --data cifar10",
       "Images a second: the median of up to five passes over all images after a warm-up,\n"
       "from u8 pixels to logits. Microseconds of a layer: an image, on one core."},
      *options);
  verb.add_option("--model", options->model, "A model file, or ONNX")->required();
  add_data_options(verb, options->data,
                   "cifar10, fashion-mnist or a directory; otherwise what it was trained on");
  verb.add_option("--split", options->split, "Which images")
      ->check(CLI::IsMember({"test", "train"}));
  verb.add_flag("--mirror", options->mirror,
                "Accuracy of each image and its mirror image together, whose logits are added");
  add_number(verb, "--batch", options->batch, {1, kMaxBatch},
             "Images that the engine is prepared for at once");
  verb.add_option("--plan", options->plan,
                  "For the speed: run what bench --save-plan kept for that batch and threads");
  select(verb, action, options, eval);
}

}  // namespace karnin::cli
