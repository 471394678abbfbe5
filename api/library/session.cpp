// Sessions of the C ABI: one thread at a time, which is checked.
#include <cstdint>
#include <functional>

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

struct Range {
  const float* begin;
  const float* end;
};

/// An address of the caller's, where there may be none for nothing.
Range range_of(const float* data, std::size_t floats, const char* name) {
  if (floats == 0) return {data, data};
  required(data, name);
  if (reinterpret_cast<std::uintptr_t>(data) % alignof(float) != 0)
    throw ArgumentError(std::string(name) + ": expected an address of floats, got an odd one");
  return {data, data + floats};
}

void require_apart(const Range& a, const Range& b) {
  const std::less<> before;
  if (before(a.begin, b.end) && before(b.begin, a.end))
    throw ArgumentError("outputs: expected buffers of their own, got two that overlap");
}

void require_count(const char* name, std::size_t got, std::size_t expected) {
  if (got != expected)
    throw ArgumentError(std::string(name) + ": expected " + std::to_string(expected) + ", got " +
                        std::to_string(got));
}

/// Before anything is written.
void check_buffers(const karnin_session& session, const karnin_input* inputs,
                   std::size_t input_count, const karnin_output* outputs,
                   std::size_t output_count) {
  require_count("input_count", input_count, 1);
  require_count("output_count", output_count, session.rooms.size());
  required(outputs, "outputs");
  required(inputs, "inputs");
  const Range input = range_of(inputs->data, inputs->floats, "inputs[0].data");
  for (std::size_t k = 0; k < output_count; ++k) {
    const Range output = range_of(outputs[k].data, outputs[k].floats, "outputs[k].data");
    require_apart(output, input);
    for (std::size_t before = 0; before < k; ++before)
      require_apart(output, {outputs[before].data, outputs[before].data + outputs[before].floats});
  }
}

/// What has the wrong size is a matter of shapes here.
void run(karnin_session& session, const karnin_input& input, const karnin_output* outputs) {
  const auto image = static_cast<std::size_t>(session.engine.input().size());
  if (input.floats % image != 0)
    throw ShapeError("inputs[0].floats: expected a multiple of " + std::to_string(image) + " (" +
                     to_string(session.engine.input()) + "), got " + std::to_string(input.floats));
  const std::size_t images = input.floats / image;
  for (std::size_t k = 0; k < session.rooms.size(); ++k) {
    const Output& output = session.engine.outputs()[k];
    const std::size_t floats = images * static_cast<std::size_t>(output.extent.size());
    if (outputs[k].floats != floats)
      throw ShapeError("outputs[" + std::to_string(k) + "].floats: expected " +
                       std::to_string(floats) + " (" + std::to_string(images) + " x " +
                       to_string(output.extent) + " of '" + output.name + "'), got " +
                       std::to_string(outputs[k].floats));
    session.rooms[k] = {outputs[k].data, floats};
  }
  session.engine.run(std::span(input.data, input.floats), session.rooms);
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
    api::check_buffers(mine, inputs, input_count, outputs, output_count);
    api::run(mine, *inputs, outputs);
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
