// What stands behind the opaque types of the C ABI, and how it is taken from a caller.
#pragma once

#include <karnin/karnin.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/library/failure.h"
#include "api/library/live_objects.h"
#include "runtime/engine/engine.h"
#include "runtime/graph/model.h"

struct karnin_model {
  explicit karnin_model(karnin::Model the_model)
      : model(std::move(the_model)), outputs(outputs_of(model.graph)) {}

  const karnin::Model model;
  const std::vector<karnin::Output> outputs;
};

struct karnin_engine {
  karnin_engine(const karnin::Model& model, const karnin::EngineOptions& options)
      : engine(model, options) {}

  const karnin::Engine engine;  ///< only copied, never run
};

struct karnin_session {
  explicit karnin_session(const karnin::Engine& engine_to_share)
      : engine(engine_to_share), rooms(engine.outputs().size()) {}

  karnin::Engine engine;
  std::atomic_flag busy;
  std::vector<std::span<float>> rooms;  ///< of the outputs, during a run
  std::vector<karnin::LayerProfile> profiles;
  std::vector<karnin_layer> layers;  ///< views of profiles
  karnin::api::Message message{};
};

namespace karnin::api {

/// What a caller must not leave out.
template <typename T>
T& required(T* given, const char* name) {
  if (given == nullptr) throw ArgumentError(std::string(name) + ": expected an address, got NULL");
  return *given;
}

/// An object of ours that the caller still has.
template <typename Object>
Object& opened(Object* object, const char* name) {
  required(object, name);
  if (!is_open(object))
    throw ArgumentError(std::string(name) + ": expected an open one, got one that was closed");
  return *object;
}

/// *place becomes make(), or NULL where that throws.
template <typename Object, typename Make>
karnin_status open_into(Object** place, const char* name, const Make& make) noexcept {
  return guarded([&] {
    required(place, name);
    *place = nullptr;
    std::unique_ptr<Object> object = make();
    note_open(object.get(), typeid(Object));
    *place = object.release();
  });
}

/// NULL and, with assertions on, what was closed before do nothing.
template <typename Object>
void close(Object* object) noexcept {
  if (!is_open(object)) return;
  note_closed(object, typeid(Object));
  delete object;
}

}  // namespace karnin::api
