// Engines of the C ABI.
#include <cstddef>

#include "api/library/objects.h"
#include "api/library/options.h"

namespace karnin::api {
namespace {

constexpr std::size_t kFirstEngineOptions =
    offsetof(karnin_engine_options, race) + sizeof(std::int32_t);

EngineOptions engine_options(const karnin_engine_options& options) {
  if (options.race != 0 && options.race != 1)
    throw ArgumentError("race: expected 0 or 1, got " + std::to_string(options.race));
  return {.batch = options.batch, .threads = options.num_threads, .race = options.race == 1};
}

}  // namespace
}  // namespace karnin::api

namespace api = karnin::api;

karnin_status karnin_engine_open(const karnin_model* model, const karnin_engine_options* options,
                                 karnin_engine** engine) {
  return api::open_into(engine, "engine", [&] {
    const karnin_engine_options read = api::read_options(
        options, KARNIN_ENGINE_OPTIONS, api::kFirstEngineOptions, "karnin_engine_options");
    return std::make_unique<karnin_engine>(api::opened(model, "model").model,
                                           api::engine_options(read));
  });
}

void karnin_engine_close(karnin_engine* engine) { api::close(engine); }
