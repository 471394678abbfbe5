// answers MODEL: all of it, on a blank image.
#include <cstdio>
#include <exception>
#include <karnin/karnin.hpp>
#include <vector>

namespace {

void answer(const char* path) {
  const karnin::Model model = karnin::Model::load(path).prune({.sparsity = 0.8});
  const karnin::Engine engine(model, {.threads = 1});
  karnin::Session session(engine);  // one a thread
  std::vector<float> image(model.input().floats()), answers(model.output().floats());
  session.run(image, answers);
  for (const float answer : answers) std::printf("%g\n", answer);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    answer(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "answers: %s\n", error.what());
    return 1;
  }
}
