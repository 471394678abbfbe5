// The paper's network in a file, and the objects of the C ABI that a test makes of it.
#pragma once

#include <gtest/gtest.h>
#include <karnin/karnin.h>

#include <memory>
#include <vector>

#include "formats/model/model_file.h"
#include "tests/support/golden.h"

namespace karnin::test {

inline constexpr std::size_t kImage = 3 * 32 * 32, kAnswers = 10;

struct Closer {
  void operator()(karnin_model* model) const { karnin_model_close(model); }
  void operator()(karnin_engine* engine) const { karnin_engine_close(engine); }
  void operator()(karnin_session* session) const { karnin_session_close(session); }
};
using ModelPointer = std::unique_ptr<karnin_model, Closer>;
using EnginePointer = std::unique_ptr<karnin_engine, Closer>;
using SessionPointer = std::unique_ptr<karnin_session, Closer>;

inline ModelPointer golden_file() {
  const std::vector<std::uint8_t> bytes = encode_model(golden_model());
  karnin_model* model = nullptr;
  EXPECT_EQ(karnin_load_memory(bytes.data(), bytes.size(), &model), KARNIN_OK) << karnin_message();
  return ModelPointer(model);
}

inline EnginePointer engine_of(const karnin_model* model, int threads = 1, std::int64_t batch = 1) {
  const karnin_engine_options options{sizeof(options), batch, threads, 0};
  karnin_engine* engine = nullptr;
  EXPECT_EQ(karnin_engine_open(model, &options, &engine), KARNIN_OK) << karnin_message();
  return EnginePointer(engine);
}

inline SessionPointer session_of(const karnin_engine* engine) {
  karnin_session* session = nullptr;
  EXPECT_EQ(karnin_session_open(engine, &session), KARNIN_OK) << karnin_message();
  return SessionPointer(session);
}

inline karnin_status run(karnin_session* session, const std::vector<float>& images,
                         std::vector<float>& answers) {
  const karnin_input input{images.data(), images.size()};
  const karnin_output output{answers.data(), answers.size()};
  return karnin_run(session, &input, 1, &output, 1);
}

}  // namespace karnin::test
