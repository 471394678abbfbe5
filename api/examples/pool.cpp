// pool MODEL < IMAGES: answers to as many images as come, by threads of one's own with a session
// each.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <karnin/karnin.hpp>
#include <thread>
#include <vector>

namespace {

std::vector<float> read_floats(std::FILE* file) {
  std::vector<float> floats, block(1 << 16);
  while (const std::size_t got = std::fread(block.data(), sizeof(float), block.size(), file))
    floats.insert(floats.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
  return floats;
}

void answer(const char* path) {
  const karnin::Model model = karnin::Model::load(path);
  const karnin::Engine engine(model);  // on the thread that calls, and no other
  const std::vector<float> images = read_floats(stdin);
  const std::size_t in = model.input().floats(), out = model.output().floats();
  std::vector<float> answers(images.size() / in * out);
  std::atomic<std::size_t> next = 0;
  const auto work = [&](karnin::Session session) {
    for (std::size_t i; (i = next++) < images.size() / in;)
      session.run(std::span(images).subspan(i * in, in), std::span(answers).subspan(i * out, out));
  };
  {
    std::vector<std::jthread> pool;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
      pool.emplace_back(work, karnin::Session(engine));
  }
  for (const float value : answers) std::printf("%.9g\n", value);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    answer(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pool: %s\n", error.what());
    return 1;
  }
}
