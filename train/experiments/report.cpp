#include "train/experiments/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formats/report/html.h"
#include "formats/report/png.h"
#include "train/experiments/figures.h"
#include "train/experiments/paper.h"
#include "train/experiments/report_headline.h"
#include "train/experiments/report_style.h"
#include "train/experiments/report_tables.h"
#include "train/experiments/result_files.h"

namespace karnin {
namespace {

/// What is said of the spread over seeds: nothing where there is one.
std::string if_several(const Reproduction& results, const std::string& text) {
  return results.paper.size() > 1 ? text : "";
}

std::string figure_html(const Plot& plot, const std::string& caption) {
  return fmt::format(
      "<figure class=\"plot\" id=\"{}\"><h3>{}</h3>{}{}<figcaption>{}</figcaption>"
      "</figure>\n",
      plot.name, html_text(plot.title), plot_svg(plot), legend_html(plot), caption);
}

/// Rows of interleaved RGB, grey images in three equal channels.
std::string image_uri(const ImageSet& set, std::int64_t image) {
  const auto planes = set.image(image);
  const auto pixels = static_cast<std::size_t>(set.extent.h * set.extent.w);
  std::vector<std::uint8_t> rgb;
  for (std::size_t i = 0; i < pixels; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      rgb.push_back(planes[(set.extent.c == 3 ? c : 0) * pixels + i]);
  return "data:image/png;base64," +
         base64(encode_png(static_cast<std::uint32_t>(set.extent.w),
                           static_cast<std::uint32_t>(set.extent.h), rgb));
}

std::string samples_html(const Dataset& dataset) {
  std::string html = "<div class=\"samples\">";
  for (const std::int64_t image : sample_images(dataset)) {
    const std::string& name = dataset.classes[dataset.test.labels[static_cast<std::size_t>(image)]];
    html += fmt::format("<figure><img src=\"{}\" alt=\"{}\"><figcaption>{}</figcaption></figure>",
                        image_uri(dataset.test, image), html_text(name), html_text(name));
  }
  return html + "</div>\n";
}

std::string matrices_html(const Reproduction& results, const Dataset& dataset) {
  const auto matrix = [&](const std::string& title, auto confusion) {
    std::vector<const ConfusionMatrix*> seeds;
    for (const Measurements& m : results.paper) seeds.push_back(&confusion(m));
    return matrix_html(title, seeds, dataset);
  };
  const auto test = [](const char* method) {
    return [method](const Measurements& m) -> const ConfusionMatrix& {
      return at_first_threshold(m, method).confusion;
    };
  };
  const auto train = [](std::size_t i) {
    return [i](const Measurements& m) -> const ConfusionMatrix& { return m.train[i]; };
  };
  return "<div class=\"matrices\">\n" +
         matrix("Base, test", [](const Measurements& m) -> const auto& { return m.base; }) +
         matrix("Pruned at 0.45, test", test("karnin-sgd")) +
         matrix("Random at 0.45, test", test("random")) + matrix("Base, training", train(0)) +
         matrix("Pruned at 0.45, training", train(1)) +
         matrix("Random at 0.45, training", train(2)) + "</div>\n";
}

std::string paper_section(const Reproduction& results, const Dataset& dataset) {
  return "<h2>The paper’s tables and figures</h2>\n"
         "<p>The network of its Tables 1 and 2 (63,910 parameters on colour images), trained by "
         "back-propagation at a constant rate of 0.001. Pruned: karnin-sgd, signed min-max in FC1 "
         "and in FC2, threshold 0.45. Random: scores drawn uniformly, the same threshold.</p>\n" +
         samples_html(dataset) + "<div class=\"grid\">\n" +
         figure_html(loss_figure(results), "Figure 2. Means over a fiftieth of an epoch.") +
         "<figure><h3>Tables 3, 4 and 5: accuracy within each class, %</h3>" +
         class_table_html(results, dataset) + "</figure>\n" +
         figure_html(accuracy_figure(results),
                     "Figure 6. " +
                         if_several(results, "The band is one standard deviation over seeds. ") +
                         "The paper’s are dashed.") +
         figure_html(removed_figure(results), "Figure 6, the other axis: how many are removed.") +
         "<figure><h3>Table 6: karnin-sgd</h3>" + threshold_table_html(results, "karnin-sgd") +
         "<figcaption>Removed: the median over seeds, and the least and the most. The thresholds "
         "of the paper’s "
         "Table 6 are lost; those of Table 7 are assumed.</figcaption></figure>\n"
         "<figure><h3>Table 7: random</h3>" +
         threshold_table_html(results, "random") + "</figure>\n</div>\n" +
         "<h3>Figures 3, 4 and 5: who is taken for whom, %</h3>\n"
         "<p class=\"note\">Rows are true classes; the mean over seeds.</p>\n" +
         matrices_html(results, dataset);
}

std::string threshold_section(const Reproduction& results) {
  return "<h2>Why the threshold is a coin toss</h2>\n"
         "<p>Signed min-max maps the two most extreme sensitivities of a layer to 0 and 1. The "
         "tails "
         "are so heavy that nearly all others land in one narrow peak, around the image of zero. "
         "If the most negative one happens to be the larger, the peak stands right of 0.45 and a "
         "handful is removed; if the most positive one is, left of it, and the layer goes.</p>\n"
         "<div class=\"grid\">\n" +
         figure_html(scores_figure(results, 0), "The dashed line is the threshold of 0.45.") +
         figure_html(scores_figure(results, 1), "Counts are on a logarithmic scale.") + "</div>\n";
}

std::string controls_section(const Reproduction& results, const std::vector<Contest>& all) {
  return "<h2>At the same count</h2>\n"
         "<p>The paper compares 59 synapses chosen by sensitivity with 26,150 chosen at random. "
         "Here is what its threshold removes, and what becomes of the accuracy (%) if as many "
         "others go instead.</p>\n" +
         controls_html(results) +
         "<p>And here every method removes the same share of FC1 and of FC2, in one go and without "
         "training afterwards.</p>\n<div class=\"grid\">\n" +
         figure_html(sparsity_figure(results),
                     if_several(results, "Bands: one standard deviation over seeds.")) +
         "<div><h3>Who wins where</h3>\n" + winners_html(all) +
         "<p class=\"note\">By mean accuracy over seeds; all shares are in the table "
         "below.</p></div>\n"
         "</div>\n" +
         contests_html(all, results.paper.size()) + "<p class=\"note\">Accuracy in %" +
         if_several(results, ", mean ± one standard deviation over seeds") +
         ". Seeds won: those in which the best beat the second.</p>\n";
}

std::string readings_section(const Reproduction& results) {
  const std::vector<Reading> all = readings(results.paper, results.readings);
  const auto closest = std::ranges::min_element(all, {}, [](const Reading& reading) {
    return std::abs(reading.accuracy.mean - paper::kAccuracy);
  });
  return "<h2>Which reading of the paper?</h2>\n"
         "<p>Formula and pseudo-code differ, Δw may be a step’s or an epoch’s, and momentum, batch "
         "size and epochs are not given. Each reading at threshold 0.45; the paper removed 46 in "
         "FC1 and 13 in FC2 and kept " +
         std::to_string(paper::kAccuracy) +
         " %. karnin-sgd is the formula over steps, karnin-epoch over "
         "epochs, khanal-pseudocode the pseudo-code as printed, karnin the form that holds under "
         "momentum.</p>\n" +
         readings_html(all) +
         fmt::format(
             "<p>Closest in the counts: <b>{}</b> with {}, on average {:.1f} times too many "
             "or too few. Closest in accuracy: <b>{}</b> with {}, {:.1f} %.</p>\n",
             html_text(all.front().recipe), html_text(all.front().method),
             std::pow(10, all.front().distance), html_text(closest->recipe),
             html_text(closest->method), closest->accuracy.mean) +
         "<p class=\"note\">Recipes other than base were trained with seed 1 alone. Base shows how "
         "much "
         "of this is chance: being close proves little.</p>\n";
}

std::string dropout_section(const Reproduction& results) {
  return "<h2>Dropout against pruning</h2>\n"
         "<p>The same network with dropout (rate ½) behind FC1 and FC2, trained for as many "
         "epochs: "
         "an open question of the paper. Accuracy in %" +
         if_several(results, ", mean ± standard deviation over seeds") +
         ".</p>\n"
         "<div class=\"grid\">\n" +
         figure_html(dropout_figure(results), "Dashed: trained with dropout.") + "<figure>" +
         dropout_html(results) + "</figure>\n</div>\n";
}

std::string facts_html(const Reproduction& results, const Dataset& dataset,
                       const ReportContext& context) {
  const TrainOptions train = paper_recipe(dataset, 1).train;
  std::string html = "<h2>How it was made</h2>\n<dl>\n";
  const auto add = [&](const std::string& name, const std::string& value) {
    html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, value);
  };
  add("command", "<code>" + html_text(context.command) + "</code>");
  add("data", html_text(context.data));
  add("recipe", fmt::format("{} epochs, batch {}, rate {}, momentum {}", train.epochs, train.batch,
                            train.schedule.learning_rate, train.sgd.momentum));
  if (results.paper.size() == 1)
    add("seed", fmt::format("{}", results.paper.front().seed));
  else
    add("seeds", fmt::format("{} to {}", results.paper.front().seed, results.paper.back().seed));
  add("machine", html_text(context.machine));
  add("time",
      fmt::format("{:.0f} s for the paper’s part and its controls{}", results.paper_seconds,
                  results.dropout.empty() ? ""
                                          : fmt::format(", {:.0f} s for dropout and other readings",
                                                        results.variant_seconds)));
  add("memory", fmt::format("{:.0f} MiB at most", context.peak_mib));
  add("version", "karnin-cpu " + html_text(context.version));
  html +=
      "</dl>\n<p class=\"note\">Networks that were trained before are not trained again: the "
      "time is of this run. All numbers, seed by seed, are in the CSV files beside this "
      "report.</p>\n";
  return html;
}

}  // namespace

std::string report_html(const Reproduction& results, const Dataset& dataset,
                        const ReportContext& context) {
  const std::vector<Contest> all = contests(results.paper);
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<title>Khanal (2018), repeated</title>\n<style>{}</style></head><body>\n"
      "<h1>Pruning by sensitivity, repeated and put right</h1>\n"
      "<p class=\"soft\">A. Khanal, <i>Examining the Effects of Pruning on a Convolution Neural "
      "Network</i>, 2018, on {}: {} training and {} test images, {} seed{}.</p>\n",
      kReportStyle, html_text(context.data), grouped(dataset.train.size()),
      grouped(dataset.test.size()), results.paper.size(), results.paper.size() == 1 ? "" : "s");
  html += headline_html(results, all) + paper_section(results, dataset) +
          threshold_section(results) + controls_section(results, all) + readings_section(results);
  if (!results.dropout.empty()) html += dropout_section(results);
  return html + facts_html(results, dataset, context) + "</body></html>\n";
}

}  // namespace karnin
