// Where gnuplot is installed: what comes out is a picture, and takes nothing from outside.
#include "formats/report/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "formats/report/gnuplot.h"
#include "runtime/core/error.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class PlotTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      require_gnuplot();
    } catch (const Error&) {
      GTEST_SKIP() << "no gnuplot here";
    }
  }
  static Plot plot() {
    return {"name",
            "It's a \"title\"",
            "x",
            "y",
            {{"band", "#2f7fc1", {{0, 1, 0.5, 1.5}, {1, 2, 1.5, 2.5}}, true},
             {"it's <dashed>", "#d55e00", {{0, 2}, {1, 1}}, false, true}}};
  }
};

TEST_F(PlotTest, AnSvgTakesTheInkOfItsPage) {
  const std::string svg = plot_svg(plot());
  EXPECT_THAT(svg, StartsWith("<svg role=\"img\" aria-label=\"It's a &quot;title&quot;\""));
  EXPECT_THAT(svg, HasSubstr("viewBox"));
  EXPECT_THAT(svg, HasSubstr("currentColor"));
  EXPECT_THAT(svg, HasSubstr("</svg>"));
  for (const char* fixed : {"rgb(1,2,3)", " color=\"", "font-family=", " id=\"", "<title>"})
    EXPECT_THAT(svg, Not(HasSubstr(fixed)));
}

/// A line feed ends a string of gnuplot's, and what comes behind it would be run.
TEST_F(PlotTest, TextIsNoCommand) {
  const std::string command = "x'\nset print '/dev/stdout'; print 'intruder'\n# \x1B[1m'";
  Plot hostile = plot();
  hostile.title = hostile.x_label = hostile.y_label = hostile.lines[0].label = command;
  EXPECT_THAT(plot_png(hostile), StartsWith("\x89PNG\r\n"));
  const std::string svg = plot_svg(hostile);
  EXPECT_THAT(svg, StartsWith("<svg"));
  EXPECT_THAT(svg, Not(HasSubstr("\nintruder")));
  EXPECT_THAT(svg, Not(HasSubstr("\x1B")));
}

TEST_F(PlotTest, APngIsOne) { EXPECT_THAT(plot_png(plot()), StartsWith("\x89PNG\r\n")); }

TEST_F(PlotTest, TheLegendNamesTheLines) {
  const std::string legend = legend_html(plot());
  EXPECT_THAT(legend, HasSubstr("solid #2f7fc1\"></i>band"));
  EXPECT_THAT(legend, HasSubstr("dashed #d55e00\"></i>it's &lt;dashed&gt;"));
}

TEST_F(PlotTest, LinesWithoutANameAreNotInTheLegend) {
  Plot nameless = plot();
  nameless.lines[0].label = "";
  EXPECT_EQ(legend_html(nameless),
            "<ul class=\"legend\"><li><i style=\"border-top:3px dashed #d55e00\"></i>"
            "it's &lt;dashed&gt;</li></ul>\n");
}

/// A line beyond the limits leaves no trace but its name.
TEST_F(PlotTest, LinesWithoutANameAreNotInTheLegendOfAPng) {
  Plot whole = plot();
  whole.x_range = {0, 1};
  whole.y_range = {0, 3};
  Plot more = whole;
  more.lines.push_back({"", "#000000", {{0, 50}, {1, 60}}});
  EXPECT_TRUE(plot_png(more) == plot_png(whole));
  more.lines.back().label = "beyond";
  EXPECT_FALSE(plot_png(more) == plot_png(whole));
}

/// The labels of the ticks, x and y.
std::vector<double> ticks_of(const Plot& plot) {
  const std::string svg = plot_svg(plot);
  const std::regex number("> ?([0-9.]+)</tspan>");
  std::vector<double> ticks;
  for (std::sregex_iterator at(svg.begin(), svg.end(), number), end; at != end; ++at)
    ticks.push_back(std::stod(at->str(1)));
  return ticks;
}

TEST_F(PlotTest, AxesReachAsFarAsTheDataOrTheLimits) {
  Plot limited = plot();
  EXPECT_EQ(std::ranges::max(ticks_of(limited)), 2.5) << "the data with their bands";
  limited.x_range = {0, 40};
  EXPECT_EQ(std::ranges::max(ticks_of(limited)), 40);
  limited.y_range = {0, 700};
  EXPECT_EQ(std::ranges::max(ticks_of(limited)), 700);
}

TEST_F(PlotTest, LogarithmicTicksArePowersOfTen) {
  Plot log = plot();
  log.lines = {{"line", "#000000", {{0, 0.01}, {0, 100}}}};
  log.x_range = {0, 1};
  log.log_y = true;
  EXPECT_THAT(ticks_of(log), testing::IsSupersetOf({0.01, 0.1, 1.0, 10.0, 100.0}));
  log.log_y = false;
  EXPECT_THAT(ticks_of(log), Not(testing::Contains(0.01)));
}

/// Where the vertical dashed line is, in the units of the picture.
double mark_in(const Plot& plot) {
  const std::string svg = plot_svg(plot);
  const std::regex vertical("stroke-dasharray='[^']*' *d='M([0-9.]+),[0-9.]+ L\\1,[0-9.]+ *'");
  std::smatch line;
  return std::regex_search(svg, line, vertical) ? std::stod(line.str(1)) : -1;
}

TEST_F(PlotTest, AMarkStandsWhereItBelongs) {
  Plot marked = plot();
  marked.x_range = {0, 1};
  EXPECT_EQ(mark_in(marked), -1) << "none is asked for";
  std::vector<double> at;
  for (const double x : {0.25, 0.5, 0.75}) {
    marked.marked_x = x;
    at.push_back(mark_in(marked));
  }
  EXPECT_GT(at[0], 0);
  EXPECT_GT(at[1] - at[0], 50) << "a quarter of the width";
  EXPECT_NEAR(at[1] - at[0], at[2] - at[1], 0.02);
}

TEST_F(PlotTest, GnuplotsOwnWordsAreTheError) {
  EXPECT_THAT(test::error_message<Error>([] { run_gnuplot("plot nothing_known(x)\n"); }),
              HasSubstr("nothing_known"));
}

}  // namespace
}  // namespace karnin
