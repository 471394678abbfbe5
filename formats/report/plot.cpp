#include "formats/report/plot.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/io/printable.h"
#include "formats/report/gnuplot.h"
#include "formats/report/html.h"

namespace karnin {
namespace {

// Colours that nothing else has: the SVG's are replaced by the page's own.
constexpr std::string_view kInk = "#010203";
constexpr std::string_view kGrid = "#040506";

/// A string of gnuplot's, in single quotes. A line feed would end it, and begin another command.
std::string in_quotes(std::string_view text) {
  std::string safe = "'";
  for (const char c : printable_line(text))
    safe += c == '\'' ? std::string("''") : std::string(1, c);
  return safe + "'";
}

std::string range(const std::optional<std::pair<double, double>>& limits) {
  return limits ? fmt::format("[{}:{}]", limits->first, limits->second) : "[*:*]";
}

std::string data_blocks(const Plot& plot) {
  std::string script;
  for (std::size_t i = 0; i < plot.lines.size(); ++i) {
    script += fmt::format("$line{} << END\n", i);
    for (const PlotPoint& point : plot.lines[i].points)
      script += fmt::format("{} {} {} {}\n", point.x, point.y, point.low, point.high);
    script += "END\n";
  }
  return script;
}

/// All bands below all lines.
std::string plot_command(const Plot& plot) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < plot.lines.size(); ++i)
    if (plot.lines[i].band)
      parts.push_back(
          fmt::format("$line{} using 1:3:4 with filledcurves fs transparent solid 0.14 noborder "
                      "lc rgb '{}' notitle",
                      i, plot.lines[i].color));
  for (std::size_t i = 0; i < plot.lines.size(); ++i) {
    const PlotLine& line = plot.lines[i];
    parts.push_back(fmt::format("$line{} using 1:2 with lines lw {} dt {} lc rgb '{}' {}", i,
                                line.width, line.dashed ? "(6,4)" : "1", line.color,
                                line.label.empty() ? "notitle" : "title " + in_quotes(line.label)));
  }
  return fmt::format("plot {}\n", fmt::join(parts, ", \\\n  "));
}

std::string script_of(const Plot& plot, const std::string& terminal, std::string_view ink,
                      std::string_view grid) {
  std::string script = terminal + data_blocks(plot);
  script += fmt::format(
      "set encoding utf8\nset border 3 lc rgb '{0}'\nset grid ytics lt 1 lw 1 lc rgb '{1}'\n"
      "set tics scale 0.6 nomirror textcolor rgb '{0}'\nset xrange {2}\nset yrange {3}\n"
      "set xlabel {4} textcolor rgb '{0}'\nset ylabel {5} textcolor rgb '{0}'\n",
      ink, grid, range(plot.x_range), range(plot.y_range), in_quotes(plot.x_label),
      in_quotes(plot.y_label));
  if (plot.log_y) script += "set logscale y\n";
  if (plot.marked_x)
    script += fmt::format(
        "set arrow from {0}, graph 0 to {0}, graph 1 nohead dt (3,3) lw 1.5 lc rgb '{1}'\n",
        *plot.marked_x, ink);
  return script;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

/// Takes away everything from `open` to the next `close`, wherever it comes.
void erase_all(std::string& text, std::string_view open, std::string_view close) {
  for (std::size_t at = 0; (at = text.find(open, at)) != std::string::npos;) {
    const std::size_t end = text.find(close, at + open.size());
    if (end == std::string::npos) return;
    text.erase(at, end + close.size() - at);
  }
}

}  // namespace

std::string plot_svg(const Plot& plot) {
  const std::string terminal =
      "set terminal svg size 480,330 dynamic font 'sans-serif,13'\nunset key\n";
  std::string svg = run_gnuplot(script_of(plot, terminal, kInk, kGrid) + plot_command(plot));
  svg.erase(0, std::min(svg.find("<svg"), svg.size()));
  erase_all(svg, "<defs>", "</defs>");
  erase_all(svg, "<title>", "</title>");
  erase_all(svg, "<desc>", "</desc>");
  erase_all(svg, " id=\"", "\"");
  erase_all(svg, " color=\"", "\"");
  erase_all(svg, " font-family=\"", "\"");
  replace_all(svg, "'rgb(  4,   5,   6)'", "'currentColor' stroke-opacity='.15'");
  replace_all(svg, "rgb(  1,   2,   3)", "currentColor");
  replace_all(svg, "rgb(1,2,3)", "currentColor");
  replace_all(svg, "<svg", "<svg role=\"img\" aria-label=\"" + html_text(plot.title) + "\"");
  return svg;
}

std::string plot_png(const Plot& plot) {
  const std::string terminal = fmt::format(
      "set terminal pngcairo size 1440,990 fontscale 2.2 linewidth 2.4 noenhanced\n"
      "set title {} noenhanced\nset key outside bottom center horizontal samplen 2\n",
      in_quotes(plot.title));
  return run_gnuplot(script_of(plot, terminal, "#222222", "#dddddd") + plot_command(plot));
}

std::string legend_html(const Plot& plot) {
  std::string html = "<ul class=\"legend\">";
  for (const PlotLine& line : plot.lines) {
    if (line.label.empty()) continue;
    html += fmt::format("<li><i style=\"border-top:3px {} {}\"></i>{}</li>",
                        line.dashed ? "dashed" : "solid", line.color, html_text(line.label));
  }
  return html + "</ul>\n";
}

}  // namespace karnin
