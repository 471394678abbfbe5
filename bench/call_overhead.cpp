// call-overhead MODEL: what a call of the library costs over one of the engine, for one image on
// one thread; what a call for no image takes, all of which is overhead; and how long it takes to
// load. Rounds alternate between the callers. Printed, as JSON, is the time in microseconds that a
// tenth of the rounds didn't exceed: what else the machine does only adds. bench/call_overhead.py
// asks Python too.
#include "bench/call_overhead.h"

#include <karnin/karnin.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <vector>

#include "formats/exchange/any_model.h"
#include "runtime/engine/engine.h"

namespace karnin::bench {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds_of(const auto& action) {
  const auto start = Clock::now();
  action();
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double lowest_tenth(std::vector<double> times) {
  const auto tenth = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 10);
  std::ranges::nth_element(times, tenth);
  return *tenth;
}

void check(karnin_status status) {
  if (status != KARNIN_OK) throw ArgumentError(karnin_message());
}

struct Opened {
  karnin_model* model = nullptr;
  karnin_engine* engine = nullptr;
  karnin_session* session = nullptr;

  explicit Opened(const char* path) {
    const karnin_engine_options options{sizeof(options), 1, 1, 0};
    check(karnin_load(path, &model));
    check(karnin_engine_open(model, &options, &engine));
    check(karnin_session_open(engine, &session));
  }
  ~Opened() {
    karnin_session_close(session);
    karnin_engine_close(engine);
    karnin_model_close(model);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
};

void measure(const char* path) {
  const Opened c(path);
  const auto cpp = cpp_caller(path);
  Engine prepared(read_any_model(path), {.batch = 1, .threads = 1, .race = false});
  Engine engine(prepared);
  const std::vector<float> image(static_cast<std::size_t>(engine.input().size()), 0.5F);
  std::vector<float> answer(static_cast<std::size_t>(engine.outputs().front().extent.size()));
  const karnin_input input{image.data(), image.size()};
  const karnin_output output{answer.data(), answer.size()};
  const karnin_input no_input{nullptr, 0};
  const karnin_output no_output{nullptr, 0};
  constexpr int kRounds = 2001, kRuns = 50;
  std::vector<double> by_engine, by_c, by_cpp, by_nothing, loads;
  const auto round = [&](std::vector<double>& times, const auto& call) {
    times.push_back(microseconds_of([&] {
                      for (int i = 0; i < kRuns; ++i) call();
                    }) /
                    kRuns);
  };
  for (int i = 0; i < kRounds; ++i) {
    round(by_engine, [&] { engine.run(image, answer); });
    round(by_c, [&] { check(karnin_run(c.session, &input, 1, &output, 1)); });
    round(by_cpp, [&] { cpp(image, answer); });
    round(by_nothing, [&] { check(karnin_run(c.session, &no_input, 1, &no_output, 1)); });
  }
  for (int i = 0; i < 101; ++i) loads.push_back(microseconds_of([&] { const Opened again(path); }));
  std::printf("{\"engine\": %.3f, \"c\": %.3f, \"cpp\": %.3f, \"nothing\": %.3f, \"load\": %.0f}\n",
              lowest_tenth(by_engine), lowest_tenth(by_c), lowest_tenth(by_cpp),
              lowest_tenth(by_nothing), lowest_tenth(loads));
}

}  // namespace
}  // namespace karnin::bench

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    karnin::bench::measure(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "call-overhead: %s\n", error.what());
    return 1;
  }
}
