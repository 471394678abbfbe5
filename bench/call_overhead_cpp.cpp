#include <karnin/karnin.hpp>

#include "bench/call_overhead.h"

namespace karnin::bench {

std::function<void(std::span<const float>, std::span<float>)> cpp_caller(const char* path) {
  const Engine engine(Model::load(path), {.race = false});
  return [session = std::make_shared<Session>(engine)](auto image, auto answer) {
    session->run(image, answer);
  };
}

}  // namespace karnin::bench
