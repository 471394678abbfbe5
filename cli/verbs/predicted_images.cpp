#include "cli/verbs/predicted_images.h"

#include <fmt/core.h>

#include "cli/console/output.h"
#include "cli/verbs/data_options.h"
#include "formats/data/unlabelled.h"
#include "formats/io/printable.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

namespace fs = std::filesystem;

/// Values that wait for a run: a few images where they are large.
constexpr std::size_t kMaxPending = std::size_t{1} << 24;

template <typename T>
void append(std::vector<T>& all, const std::vector<T>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

ImageSet only(const ImageSet& set, std::int64_t image) {
  ImageSet one{set.extent, {}, {0}};
  if (set.holds_floats())
    one.values.assign(set.floats(image).begin(), set.floats(image).end());
  else
    one.pixels.assign(set.image(image).begin(), set.image(image).end());
  return one;
}

}  // namespace

PredictedImages::PredictedImages(Predictor& predictor, const Graph& graph, const DataForm& form,
                                 bool probabilities)
    : predictor_(predictor),
      input_(input_extent(graph)),
      flat_(flat_order(graph)),
      form_(form),
      probabilities_(probabilities) {}

void PredictedImages::add(const std::vector<std::string>& inputs, const Watcher& watcher) {
  std::vector<fs::path> files;
  for (const std::string& input : inputs) {
    try {
      append(files, image_files(input));
    } catch (const FileError& error) {
      fail(input, error.what());
    }
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    watcher.report(static_cast<double>(i) / static_cast<double>(files.size()),
                   [&] { return fmt::format("{} of {} files", i, files.size()); });
    add_file(files[i]);
  }
  run_pending();
}

void PredictedImages::fail(const std::string& file, const std::string& problem) {
  tell("karnin-cpu: " + printable_line(problem) + "\n");
  failures_.push_back({file, problem});
}

void PredictedImages::add_file(const fs::path& file) {
  try {
    take(read_unlabelled(file, form_, input_, flat_), file);
  } catch (const FileError& error) {
    fail(file.string(), error.what());
  }
}

void PredictedImages::take(ImageSet set, const fs::path& file) {
  if (pending_.holds_floats() != set.holds_floats()) run_pending();
  if (is_array_file(file))
    for (std::int64_t i = 0; i < set.size(); ++i)
      pending_names_.push_back(fmt::format("{}[{}]", file.string(), i));
  else
    pending_names_.push_back(file.string());
  pending_.extent = set.extent;
  append(pending_.pixels, set.pixels);
  append(pending_.values, set.values);
  append(pending_.labels, set.labels);
  if (pending_.pixels.size() + pending_.values.size() >= kMaxPending) run_pending();
}

/// One that overflows takes nothing from the others: these run again, each by itself.
void PredictedImages::run_pending() {
  if (pending_.size() == 0) return;
  try {
    run(pending_, pending_names_);
  } catch (const NonFiniteError&) {
    for (std::size_t i = 0; i < pending_names_.size(); ++i) run_alone(i);
  }
  pending_ = {};
  pending_names_.clear();
}

void PredictedImages::run(const ImageSet& set, const std::vector<std::string>& names) {
  append(values_, probabilities_ ? predictor_.probabilities(set) : predictor_.outputs(set));
  append(names_, names);
}

void PredictedImages::run_alone(std::size_t image) {
  const std::string& name = pending_names_[image];
  try {
    run(only(pending_, static_cast<std::int64_t>(image)), {name});
  } catch (const NonFiniteError& error) {
    fail(name, name + ": " + error.what());
  }
}

}  // namespace karnin::cli
