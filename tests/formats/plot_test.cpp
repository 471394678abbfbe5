// Where gnuplot is installed: what comes out is a picture, and takes nothing from outside.
#include "formats/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/gnuplot.h"
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

TEST_F(PlotTest, APngIsOne) { EXPECT_THAT(plot_png(plot()), StartsWith("\x89PNG\r\n")); }

TEST_F(PlotTest, TheLegendNamesTheLines) {
  const std::string legend = legend_html(plot());
  EXPECT_THAT(legend, HasSubstr("solid #2f7fc1\"></i>band"));
  EXPECT_THAT(legend, HasSubstr("dashed #d55e00\"></i>it's &lt;dashed&gt;"));
}

TEST_F(PlotTest, GnuplotsOwnWordsAreTheError) {
  EXPECT_THAT(test::error_message<Error>([] { run_gnuplot("plot nothing_known(x)\n"); }),
              HasSubstr("nothing_known"));
}

}  // namespace
}  // namespace karnin
