// Line plots in one restrained style, drawn by gnuplot.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace karnin {

struct PlotPoint {
  double x = 0;
  double y = 0;
  double low = 0;  ///< of the band, where the line has one
  double high = 0;
};

struct PlotLine {
  std::string label;  ///< of the legend; lines without one belong to the one before
  std::string color;  ///< "#rrggbb"
  std::vector<PlotPoint> points;
  bool band = false;
  bool dashed = false;
  double width = 2;
};

struct Plot {
  std::string name;  ///< of its file
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<PlotLine> lines;
  std::optional<std::pair<double, double>> x_range = std::nullopt;
  std::optional<std::pair<double, double>> y_range = std::nullopt;
  bool log_y = false;
  std::optional<double> marked_x = std::nullopt;  ///< a dashed vertical line
};

/// An <svg> element that takes its text colour and font from the page around it, as wide as there
/// is room. It has no legend: see legend_html(). Throws what run_gnuplot() throws.
std::string plot_svg(const Plot& plot);

/// The same as a PNG with title and legend, on white.
std::string plot_png(const Plot& plot);

/// Names beside samples of the lines.
std::string legend_html(const Plot& plot);

}  // namespace karnin
