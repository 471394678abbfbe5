// Sessions of the C ABI: one thread at a time, which is checked.
#include <functional>

#include "api/library/buffers.h"
#include "api/library/objects.h"

namespace karnin::api {
namespace {

/// The session while it is this thread's.
class Turn {
 public:
  explicit Turn(karnin_session& session) : session_(session) {
    if (session_.busy.test_and_set(std::memory_order_acquire))
      throw BusyError("session: expected one thread at a time, got a second one");
  }
  ~Turn() { session_.busy.clear(std::memory_order_release); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  karnin_session& session_;
};

/// action(session) by one thread; the session remembers why it failed.
template <typename Action>
karnin_status in_turn(karnin_session* given, const Action& action) noexcept {
  try {
    karnin_session& session = opened(given, "session");
    const Turn turn(session);
    const karnin_status status = guarded([&] { action(session); });
    if (status != KARNIN_OK) session.message = last_message();
    return status;
  } catch (...) {
    return translate();
  }
}

void require_apart(std::span<const float> a, std::span<const float> b) {
  const std::less<> before;
  if (before(a.data(), b.data() + b.size()) && before(b.data(), a.data() + a.size()))
    throw ArgumentError("outputs: expected buffers of their own, got two that overlap");
}

void require_count(const char* name, std::size_t got, std::size_t expected) {
  if (got != expected)
    throw ArgumentError(std::string(name) + ": expected " + std::to_string(expected) + ", got " +
                        std::to_string(got));
}

/// Where the answers to so many images go.
std::span<float> room_for(std::size_t images, const Output& output, const karnin_output& given,
                          std::size_t index) {
  const std::size_t floats = images * static_cast<std::size_t>(output.extent.size());
  if (given.floats != floats)
    throw ShapeError("outputs[" + std::to_string(index) + "].floats: expected " +
                     std::to_string(floats) + " (" + std::to_string(images) + " x " +
                     to_string(output.extent) + " of '" + output.name + "'), got " +
                     std::to_string(given.floats));
  return floats_of(given.data, floats, "outputs[k].data");
}

/// All is looked at before anything is written.
void run(karnin_session& session, const karnin_input& input, const karnin_output* outputs) {
  const std::size_t images = images_in(input.floats, session.engine.input(), "inputs[0].floats");
  const std::span<const float> src = floats_of(input.data, input.floats, "inputs[0].data");
  for (std::size_t k = 0; k < session.rooms.size(); ++k) {
    session.rooms[k] = room_for(images, session.engine.outputs()[k], outputs[k], k);
    require_apart(session.rooms[k], src);
    for (std::size_t before = 0; before < k; ++before)
      require_apart(session.rooms[k], session.rooms[before]);
  }
  session.engine.run(src, session.rooms);
}

void profile(karnin_session& session) {
  session.profiles = session.engine.profile();
  session.layers.clear();
  for (const LayerProfile& layer : session.profiles)
    session.layers.push_back({layer.name.c_str(), layer.kernel.c_str(), layer.parameters,
                              layer.nonzero, layer.macs, layer.microseconds});
}

}  // namespace
}  // namespace karnin::api

namespace api = karnin::api;

karnin_status karnin_session_open(const karnin_engine* engine, karnin_session** session) {
  return api::open_into(session, "session", [&] {
    return std::make_unique<karnin_session>(api::opened(engine, "engine").engine);
  });
}

void karnin_session_close(karnin_session* session) { api::close(session); }

karnin_status karnin_run(karnin_session* session, const karnin_input* inputs, size_t input_count,
                         const karnin_output* outputs, size_t output_count) {
  return api::in_turn(session, [&](karnin_session& mine) {
    api::require_count("input_count", input_count, 1);
    api::require_count("output_count", output_count, mine.rooms.size());
    api::run(mine, api::required(inputs, "inputs"), &api::required(outputs, "outputs"));
  });
}

const char* karnin_session_message(const karnin_session* session) {
  return api::is_open(session) ? session->message.data() : "";
}

karnin_status karnin_time_layers(karnin_session* session, int32_t on) {
  return api::in_turn(session, [&](karnin_session& mine) {
    if (on != 0 && on != 1)
      throw karnin::ArgumentError("on: expected 0 or 1, got " + std::to_string(on));
    mine.engine.set_profiling(on == 1);
  });
}

karnin_status karnin_profile(karnin_session* session, const karnin_layer** layers, size_t* count) {
  return api::in_turn(session, [&](karnin_session& mine) {
    api::required(layers, "layers") = nullptr;
    api::required(count, "count") = 0;
    api::profile(mine);
    *layers = mine.layers.data();
    *count = mine.layers.size();
  });
}
