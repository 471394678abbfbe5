// What the engine makes of images on stdin, as floats on stdout: for tests against other engines.
// Usage: model_answers MODEL     any number of images, plain NCHW floats behind preprocessing
#include <cstdio>
#include <iostream>
#include <iterator>
#include <vector>

#include "formats/exchange/any_model.h"
#include "runtime/engine/engine.h"

namespace karnin {
namespace {

std::vector<float> floats_of_stdin() {
  const std::vector<char> bytes{std::istreambuf_iterator<char>(std::cin), {}};
  std::vector<float> floats(bytes.size() / sizeof(float));
  std::ranges::copy_n(bytes.begin(),
                      std::ssize(floats) * static_cast<std::ptrdiff_t>(sizeof(float)),
                      reinterpret_cast<char*>(floats.data()));
  return floats;
}

void answer(const char* path) {
  const Model model = read_any_model(path);
  const std::vector<float> images = floats_of_stdin();
  const std::int64_t count = std::ssize(images) / input_extent(model.graph).size();
  const auto output = static_cast<std::size_t>(model.graph.outputs.front());
  std::vector<float> answers(
      static_cast<std::size_t>(count * infer_extents(model.graph)[output].size()));
  Engine(model, {.batch = count, .threads = 1, .race = false}).run(images, answers);
  std::cout.write(reinterpret_cast<const char*>(answers.data()),
                  std::ssize(answers) * static_cast<std::ptrdiff_t>(sizeof(float)));
}

}  // namespace
}  // namespace karnin

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    karnin::answer(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
  return 0;
}
