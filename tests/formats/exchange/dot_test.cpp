#include "formats/exchange/dot.h"

#include <gmock/gmock.h>

namespace karnin {
namespace {

TEST(Dot, HasABoxANodeAndAnArrowAnInput) {
  Graph graph = make_chain("net", {2, 4, 4}, {{"conv", Conv2d{2, 1, 1}}});
  append(graph, "sum", Add{}, {0, 1});
  EXPECT_EQ(dot_text(graph),
            "digraph \"net\" {\n"
            "  node [shape=box];\n"
            "  n0 [label=\"input\\n2x4x4\"];\n"
            "  n1 [label=\"conv\\nconv 1x1\\n2x4x4\"];\n"
            "  n0 -> n1;\n"
            "  n2 [label=\"sum\\nadd\\n2x4x4\", peripheries=2];\n"
            "  n0 -> n2;\n"
            "  n1 -> n2;\n"
            "}\n");
}

TEST(Dot, KeepsStrangeNamesInTheirQuotes) {
  const Graph graph = make_chain("a \"b\"\n", {1, 1, 1}, {{"x\\\"]; y", Relu{}}});
  const std::string text = dot_text(graph);
  EXPECT_THAT(text, testing::StartsWith("digraph \"a \\\"b\\\""));
  EXPECT_THAT(text, testing::HasSubstr("label=\"x\\\\\\\"]; y\\nrelu"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
}

}  // namespace
}  // namespace karnin
