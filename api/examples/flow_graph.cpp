// flow_graph MODEL < IMAGES: a network as a node of a TBB flow graph, between one that reads and
// one that writes. The engine makes no threads: it takes those of the graph's arena.
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/flow_graph.h>

#include <cstdio>
#include <exception>
#include <karnin/karnin.hpp>
#include <vector>

namespace {

namespace flow = oneapi::tbb::flow;

/// An image, or the answer to it; runs end in any order.
struct Numbered {
  std::size_t number;
  std::vector<float> floats;
};

void answer(const char* path) {
  const karnin::Model model = karnin::Model::load(path);
  const karnin::Engine engine(model, {.threads = karnin::kCallersArena});
  oneapi::tbb::enumerable_thread_specific<karnin::Session> sessions(
      [&] { return karnin::Session(engine); });
  flow::graph graph;
  std::size_t images = 0;
  flow::input_node<Numbered> read(graph, [&](oneapi::tbb::flow_control& control) {
    Numbered image{images++, std::vector<float>(model.input().floats())};
    const std::size_t floats = image.floats.size();
    if (std::fread(image.floats.data(), sizeof(float), floats, stdin) != floats) control.stop();
    return image;
  });
  flow::function_node<Numbered, Numbered> run(graph, flow::unlimited, [&](const Numbered& image) {
    Numbered answer{image.number, std::vector<float>(model.output().floats())};
    sessions.local().run(image.floats, answer.floats);
    return answer;
  });
  flow::sequencer_node<Numbered> in_order(graph, [](const Numbered& one) { return one.number; });
  flow::function_node<Numbered> write(graph, flow::serial, [](const Numbered& answer) {
    for (const float value : answer.floats) std::printf("%.9g\n", value);
  });
  make_edge(read, run);
  make_edge(run, in_order);
  make_edge(in_order, write);
  read.activate();
  graph.wait_for_all();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    answer(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "flow_graph: %s\n", error.what());
    return 1;
  }
}
