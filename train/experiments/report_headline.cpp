#include "train/experiments/report_headline.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/report/html.h"
#include "train/experiments/paper.h"
#include "train/experiments/report_tables.h"
#include "train/experiments/result_files.h"

namespace karnin {
namespace {

struct Wins {
  std::string method;
  std::vector<std::size_t> at;  ///< indices of the contests that it won
};

/// Who won most comes first. A tie is won by nobody.
std::vector<Wins> wins_of(const std::vector<Contest>& contests) {
  std::vector<Wins> all;
  for (std::size_t i = 0; i < contests.size(); ++i) {
    if (tied(contests[i])) continue;
    const std::string& best = contests[i].ranking[0].method;
    auto entry = std::ranges::find(all, best, &Wins::method);
    if (entry == all.end()) entry = all.insert(all.end(), {best, {}});
    entry->at.push_back(i);
  }
  std::ranges::stable_sort(all, std::greater{}, [](const Wins& wins) { return wins.at.size(); });
  return all;
}

/// "10 – 60, 80 %": neighbours are joined.
std::string shares(const std::vector<Contest>& contests, const std::vector<std::size_t>& at) {
  std::string text;
  for (std::size_t first = 0, last = 0; first < at.size(); first = last + 1) {
    last = first;
    while (last + 1 < at.size() && at[last + 1] == at[last] + 1) ++last;
    const auto share = [&](std::size_t i) { return 100 * contests[at[i]].sparsity; };
    if (!text.empty()) text += ", ";
    text += last == first ? fmt::format("{:.0f}", share(first))
                          : fmt::format("{:.0f} – {:.0f}", share(first), share(last));
  }
  return text + " %";
}

std::string number_html(const std::string& number, const std::string& what,
                        const std::string& paper) {
  return fmt::format("<div><b>{}</b>{}<small>{}</small></div>\n", number, what, paper);
}

const PruneReport& karnin_report(const Measurements& m) {
  return at_first_threshold(m, "karnin-sgd").report;
}

std::string removed_html(const Reproduction& results) {
  std::vector<std::int64_t> counts;
  for (const Measurements& m : results.paper) counts.push_back(removed(karnin_report(m)));
  const auto [least, most] = std::ranges::minmax(counts);
  std::int64_t synapses = 0;
  for (const auto& layer : karnin_report(results.paper.front()).layers) synapses += layer.weights;
  return number_html(
      least == most ? grouped(least) : grouped(least) + " – " + grouped(most),
      fmt::format("of {} synapses fall below the paper’s threshold of 0.45", grouped(synapses)),
      "The paper: 59. What the seed decides is where signed min-max puts zero");
}

std::string lead_html(const std::vector<Contest>& contests) {
  std::string text;
  for (const Wins& wins : wins_of(contests))
    text += text.empty() ? fmt::format("<b>{}</b> keeps the most accuracy at {} of {} shares",
                                       html_text(wins.method), wins.at.size(), contests.size())
                         : fmt::format(", {} at {}", html_text(wins.method), wins.at.size());
  if (text.empty()) text = "no method keeps the most accuracy";
  if (const auto ties = std::ranges::count_if(contests, tied); ties > 0)
    text += fmt::format("; at {} the best two tie", ties);
  return "<p class=\"lead\">The paper finds that pruning by sensitivity costs nothing and random "
         "pruning a lot, but it compares 59 synapses with 26,150. With the same count removed, " +
         text + ".</p>\n";
}

}  // namespace

std::string headline_html(const Reproduction& results, const std::vector<Contest>& contests) {
  const Spread base = spread_of(
      by_seed(results.paper, [](const Measurements& m) { return 100 * m.base.accuracy(); }));
  const Contest& half = *std::ranges::find(contests, 0.5, &Contest::sparsity);
  const auto random = std::ranges::find(half.ranking, "random", &MethodScore::method);
  return lead_html(contests) + "<div class=\"numbers\">\n" +
         number_html(with_sd(base) + " %", "test accuracy of the base network",
                     fmt::format("The paper: {} %, on the original CIFAR-10", paper::kAccuracy)) +
         removed_html(results) +
         number_html(
             fmt::format("{:.1f} % : {:.1f} %", half.ranking[0].accuracy.mean,
                         random->accuracy.mean),
             html_text(half.ranking[0].method) + " against random, half of FC1 and FC2 gone",
             "At the same count, which the paper did not compare") +
         "</div>\n";
}

std::string winners_html(const std::vector<Contest>& contests) {
  std::string html = "<ul class=\"text\">\n";
  for (const Wins& wins : wins_of(contests))
    html += fmt::format("<li><b>{}</b> is best at {}</li>\n", html_text(wins.method),
                        shares(contests, wins.at));
  if (const auto ties = std::ranges::count_if(contests, tied); ties > 0)
    html += fmt::format("<li>at {} of {} shares the best two tie</li>\n", ties, contests.size());
  if (contests.front().lead.count > 1)
    html += fmt::format(
        "<li>at {} of {} shares the best leads the second by less than two standard errors of "
        "their difference, seed by seed</li>\n",
        std::ranges::count_if(contests, too_close), contests.size());
  return html + "</ul>\n";
}

}  // namespace karnin
