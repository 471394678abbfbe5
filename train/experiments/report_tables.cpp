#include "train/experiments/report_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "formats/report/html.h"
#include "train/experiments/paper.h"
#include "train/experiments/result_files.h"

namespace karnin {
namespace {

template <typename Share>
std::string mean_percent(const std::vector<Measurements>& all, const Share& share) {
  const std::vector<double> shares = by_seed(all, share);
  return shares.empty() ? "–" : fmt::format("{:.1f}", 100 * spread_of(shares).mean);
}

double accuracy_at(const Measurements& m, const char* method, double sparsity) {
  const auto at = std::ranges::find(sparsities(), sparsity) - sparsities().begin();
  return 100 * series_named(m.sparsities, method)
                   .outcomes[static_cast<std::size_t>(at)]
                   .confusion.accuracy();
}

}  // namespace

std::string grouped(std::int64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string with_sd(const Spread& spread) {
  if (spread.count < 2) return fmt::format("{:.1f}", spread.mean);
  return fmt::format("{:.1f}<span class=\"sd\"> ± {:.1f}</span>", spread.mean, spread.sd);
}

std::string range_of(std::vector<std::int64_t> values) {
  std::ranges::sort(values);
  const std::int64_t middle = values[(values.size() - 1) / 2] + values[values.size() / 2];
  std::string median = grouped(middle / 2) + (middle % 2 == 0 ? "" : ".5");
  if (values.front() == values.back()) return median;
  return fmt::format("{}<span class=\"soft range\">{} – {}</span>", median, grouped(values.front()),
                     grouped(values.back()));
}

std::string class_table_html(const Reproduction& results, const Dataset& dataset) {
  const bool dropout = !results.dropout.empty();
  std::vector<std::string> header{"%", "paper", "here", "paper", "here", "paper", "here"};
  std::vector<std::pair<std::string, std::size_t>> groups{
      {"", 1}, {"base", 2}, {"pruned", 2}, {"random", 2}};
  if (dropout) {
    header.emplace_back("here");
    groups.emplace_back("dropout", 1);
  }
  HtmlTable table(header, "paired");
  table.group(groups);
  const bool known = has_paper_classes(dataset);
  const auto add = [&](const std::string& name, std::array<int, 3> printed, auto share) {
    const auto number = [&](int value) { return known ? std::to_string(value) : "–"; };
    const auto pruned = [&](const char* method) {
      return mean_percent(results.paper, [&](const Measurements& m) {
        return share(at_first_threshold(m, method).confusion);
      });
    };
    const auto base = [&](const Measurements& m) { return share(m.base); };
    std::vector<std::string> row{
        html_text(name),    number(printed[0]),   mean_percent(results.paper, base),
        number(printed[1]), pruned("karnin-sgd"), number(printed[2]),
        pruned("random")};
    if (dropout) row.push_back(mean_percent(results.dropout, base));
    table.add(row);
  };
  for (std::size_t c = 0; c < dataset.classes.size(); ++c) {
    const std::size_t i = std::min<std::size_t>(c, paper::kBase.size() - 1);
    add(dataset.classes[c], {paper::kBase[i], paper::kPruned[i], paper::kRandom[i]},
        [c](const ConfusionMatrix& m) { return m.class_accuracy(static_cast<std::int64_t>(c)); });
  }
  add("all", {paper::kAccuracy, paper::kAccuracy, paper::kRandomAccuracy},
      [](const ConfusionMatrix& m) { return m.accuracy(); });
  return table.str();
}

std::string threshold_table_html(const Reproduction& results, const std::string& method) {
  const auto& printed = method == "random" ? paper::kTable7 : paper::kTable6;
  HtmlTable table({"threshold", "paper", "here", "paper", "here", "paper", "here"}, "paired");
  table.group({{"", 1}, {"FC1 removed", 2}, {"FC2 removed", 2}, {"accuracy, %", 2}});
  for (const paper::SweepRow& row : printed) {
    std::vector<std::int64_t> fc1;
    std::vector<std::int64_t> fc2;
    std::vector<double> accuracies;
    for (const Measurements& m : results.paper) {
      const Outcome& outcome = series_named(m.thresholds, method).outcomes[row.threshold];
      fc1.push_back(outcome.report.layers[0].removed);
      fc2.push_back(outcome.report.layers[1].removed);
      accuracies.push_back(100 * outcome.confusion.accuracy());
    }
    table.add({fmt::format("{:.3f}", paper_thresholds()[row.threshold]), grouped(row.fc1),
               range_of(fc1), grouped(row.fc2), range_of(fc2), fmt::format("{:.0f}", row.accuracy),
               with_sd(spread_of(accuracies))});
  }
  return table.str();
}

std::string matrix_html(const std::string& title, const std::vector<const ConfusionMatrix*>& seeds,
                        const Dataset& dataset) {
  std::vector<std::string> header{""};
  for (const std::string& name : dataset.classes) header.push_back(html_text(name));
  HtmlTable table(header, "matrix");
  const auto classes = static_cast<std::int64_t>(dataset.classes.size());
  for (std::int64_t label = 0; label < classes; ++label) {
    std::vector<double> counts(dataset.classes.size());
    double all = 0;
    for (const ConfusionMatrix* confusion : seeds)
      for (std::int64_t p = 0; p < classes; ++p) {
        counts[static_cast<std::size_t>(p)] += static_cast<double>(confusion->at(label, p));
        all += static_cast<double>(confusion->at(label, p));
      }
    std::vector<std::string> row{html_text(dataset.classes[static_cast<std::size_t>(label)])};
    std::vector<std::string> styles{""};
    for (const double count : counts) {
      const double share = all == 0 ? 0 : count / all;
      row.push_back(all == 0 ? "–" : fmt::format("{:.0f}", 100 * share));
      styles.push_back(fmt::format("--a:{:.2f}", 0.8 * share));
    }
    table.add(row, styles);
  }
  return fmt::format("<figure><h3>{}</h3>{}</figure>\n", html_text(title), table.str());
}

std::string controls_html(const Reproduction& results) {
  HtmlTable table({"seed", "removed", "karnin-sgd", "magni&shy;tude", "shuffled in its layer",
                   "random", "random", "removed"},
                  "wide");
  table.group({{"", 2}, {"as many", 4}, {"the paper’s", 2}});
  for (const Measurements& m : results.paper) {
    const auto accuracy = [](const Outcome& outcome) {
      return fmt::format("{:.2f}", 100 * outcome.confusion.accuracy());
    };
    const Outcome& karnin = at_first_threshold(m, "karnin-sgd");
    const Outcome& random = at_first_threshold(m, "random");
    const auto control = [&](const char* name) {
      return accuracy(series_named(m.controls, name).outcomes.front());
    };
    table.add({std::to_string(m.seed), grouped(removed(karnin.report)), accuracy(karnin),
               control("magnitude-same-count"), control("shuffled"), control("random-same-count"),
               accuracy(random), grouped(removed(random.report))});
  }
  return table.str();
}

std::string contests_html(const std::vector<Contest>& contests, std::size_t seeds) {
  HtmlTable table({"removed", "best", "accuracy", "second", "accuracy", "seeds won", "random"},
                  "names wide");
  for (const Contest& contest : contests) {
    const auto random = std::ranges::find(contest.ranking, "random", &MethodScore::method);
    table.add({fmt::format("{:.0f} %", 100 * contest.sparsity),
               contest.ranking[0].method + (tied(contest) ? " (a tie)" : ""),
               with_sd(contest.ranking[0].accuracy), contest.ranking[1].method,
               with_sd(contest.ranking[1].accuracy),
               fmt::format("{} of {}", contest.seeds_won, seeds), with_sd(random->accuracy)});
  }
  return table.str();
}

std::string readings_html(const std::vector<Reading>& readings) {
  HtmlTable table({"recipe", "score", "FC1 removed", "FC2 removed", "accuracy", "off by"},
                  "readings");
  for (const Reading& reading : readings)
    table.add({reading.recipe, reading.method, range_of(reading.fc1), range_of(reading.fc2),
               with_sd(reading.accuracy), fmt::format("×{:.1f}", std::pow(10, reading.distance))});
  return table.str();
}

std::string dropout_html(const Reproduction& results) {
  HtmlTable table({"removed", "plain", "dropout", "plain", "dropout", "plain", "dropout"});
  table.group({{"", 1}, {"magnitude", 2}, {"karnin-gradient-epoch", 2}, {"random", 2}});
  for (const double sparsity : {0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95}) {
    std::vector<std::string> row{fmt::format("{:.0f} %", 100 * sparsity)};
    for (const char* method : {"magnitude", "karnin-gradient-epoch", "random"})
      for (const auto* group : {&results.paper, &results.dropout})
        row.push_back(with_sd(spread_of(by_seed(
            *group, [&](const Measurements& m) { return accuracy_at(m, method, sparsity); }))));
    table.add(row);
  }
  return table.str();
}

}  // namespace karnin
