// karnin for C++20: karnin.h, whose head says what models, engines and sessions are, with owners,
// spans and exceptions. Header only; link karnin::karnin.
//
//     karnin::Model model = karnin::Model::load("net.onnx");
//     karnin::Engine engine(model, {.threads = 1});
//     karnin::Session session(engine);              // one a thread
//     std::vector<float> image(model.input().floats()), answer(model.output().floats());
//     session.run(image, answer);
//
// Objects own what they hold, close it in any order, and can be moved, not copied. Where karnin.h
// gives a status, a function here throws karnin::Failure. Threads are as karnin.h says: models and
// engines for any number at once, a session for one at a time.
#ifndef KARNIN_KARNIN_HPP
#define KARNIN_KARNIN_HPP

#include <karnin/karnin.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// The inline namespace keeps these apart from the classes of the same names inside libkarnin.a.
namespace karnin {
inline namespace v0 {

/// what() says what was expected, what came, and where.
class Failure : public std::runtime_error {
 public:
  Failure(karnin_status status, const char* message)
      : std::runtime_error(message), status_(status) {}
  karnin_status status() const noexcept { return status_; }

 private:
  karnin_status status_;
};

namespace detail {

inline void check(karnin_status status) {
  if (status != KARNIN_OK) throw Failure(status, karnin_message());
}

/// Throws for a NUL within, in front of which C would see an end.
inline const char* text(const std::string& text) {
  if (text.find('\0') != std::string::npos)
    throw Failure(KARNIN_BAD_ARGUMENT, "expected a text without NUL, got one in a name or path");
  return text.c_str();
}

struct Close {
  void operator()(karnin_model* model) const noexcept { karnin_model_close(model); }
  void operator()(karnin_engine* engine) const noexcept { karnin_engine_close(engine); }
  void operator()(karnin_session* session) const noexcept { karnin_session_close(session); }
};

}  // namespace detail

/// What goes into a network or comes out of it, for one image: C x H x W floats.
struct Shape {
  std::string name;
  std::int64_t channels = 0, height = 0, width = 0;
  bool channels_last = false;  ///< the author had H x W x C; here it is C x H x W

  std::size_t floats() const noexcept {
    return static_cast<std::size_t>(channels * height * width);
  }
};

/// As karnin_prune_options: a share of the weights of the layers named, or of the default ones.
struct Pruning {
  std::string method = "magnitude";
  double sparsity = 0.5;
  bool global = false;
  std::uint64_t seed = 1;
  std::vector<std::string> layers = {};
  std::span<const float> images =
      {};           ///< to calibrate by, N x C x H x W; "obs" and "obd" need some
  int threads = 1;  ///< of calibration; 0: all
};

/// How a byte of channel c becomes what the network takes: (byte / 255 - mean[c]) / std[c].
struct Pixels {
  std::span<const float> mean, std;  ///< the model's
};

class Model {
 public:
  /// A file of karnin-cpu, or ONNX where the name ends with .onnx.
  static Model load(const std::string& path) {
    karnin_model* model = nullptr;
    detail::check(karnin_load(detail::text(path), &model));
    return Model(model);
  }
  /// The same from memory.
  static Model load(std::span<const std::byte> bytes) {
    karnin_model* model = nullptr;
    detail::check(karnin_load_memory(bytes.data(), bytes.size(), &model));
    return Model(model);
  }
  /// Takes over what karnin.h made.
  explicit Model(karnin_model* model) noexcept : model_(model) {}

  /// All at once, or not at all; ONNX where the name ends with .onnx.
  void save(const std::string& path) const {
    detail::check(karnin_save(get(), detail::text(path)));
  }

  /// A new model, of which weights are gone.
  Model prune(const Pruning& pruning) const {
    std::vector<const char*> layers;
    for (const std::string& layer : pruning.layers) layers.push_back(detail::text(layer));
    const karnin_prune_options options{
        sizeof(options),       detail::text(pruning.method),
        pruning.sparsity,      pruning.global ? 1 : 0,
        pruning.seed,          layers.empty() ? nullptr : layers.data(),
        layers.size(),         pruning.images.data(),
        pruning.images.size(), pruning.threads};
    karnin_model* pruned = nullptr;
    detail::check(karnin_prune(get(), &options, &pruned));
    return Model(pruned);
  }

  std::size_t inputs() const noexcept { return karnin_input_count(get()); }
  std::size_t outputs() const noexcept { return karnin_output_count(get()); }
  Shape input(std::size_t index = 0) const { return shape(karnin_input_at, index); }
  Shape output(std::size_t index = 0) const { return shape(karnin_output_at, index); }

  Pixels pixels() const {
    const float *mean = nullptr, *std = nullptr;
    detail::check(karnin_preprocess(get(), &mean, &std));
    const auto channels = static_cast<std::size_t>(input().channels);
    return {{mean, channels}, {std, channels}};
  }

  std::int64_t parameters() const { return count().first; }
  std::int64_t nonzero() const { return count().second; }

  /// For karnin.h.
  karnin_model* get() const noexcept { return model_.get(); }

 private:
  using At = karnin_status (*)(const karnin_model*, std::size_t, karnin_value*);
  Shape shape(At at, std::size_t index) const {
    karnin_value value{};
    detail::check(at(get(), index, &value));
    return {value.name, value.channels, value.height, value.width, value.channels_last == 1};
  }
  std::pair<std::int64_t, std::int64_t> count() const {
    std::int64_t all = 0, nonzero = 0;
    detail::check(karnin_parameters(get(), &all, &nonzero));
    return {all, nonzero};
  }

  std::unique_ptr<karnin_model, detail::Close> model_;
};

/// For EngineOptions::threads: run() spreads its work over the oneTBB arena that it is called in,
/// as by arena.execute([&] { session.run(images, answers); }).
inline constexpr int kCallersArena = KARNIN_CALLERS_ARENA;

/// As karnin_engine_options.
struct EngineOptions {
  std::int64_t batch = 1;  ///< images that a run will typically bring
  int threads = 1;         ///< 1: the calling one alone; 0: all; kCallersArena
  bool race = true;        ///< choose kernels by the clock
};

class Engine {
 public:
  explicit Engine(const Model& model, const EngineOptions& options = {}) {
    const karnin_engine_options given{sizeof(given), options.batch, options.threads,
                                      options.race ? 1 : 0};
    karnin_engine* engine = nullptr;
    detail::check(karnin_engine_open(model.get(), &given, &engine));
    engine_.reset(engine);
  }

  /// For karnin.h.
  karnin_engine* get() const noexcept { return engine_.get(); }

 private:
  std::unique_ptr<karnin_engine, detail::Close> engine_;
};

class Session {
 public:
  explicit Session(const Engine& engine) {
    karnin_session* session = nullptr;
    detail::check(karnin_session_open(engine.get(), &session));
    session_.reset(session);
  }

  /// N x C x H x W floats in, N times output().floats() out; N follows from the sizes. Of a network
  /// with one output.
  void run(std::span<const float> images, std::span<float> answers) {
    const std::span<float> outputs[] = {answers};
    run(images, outputs);
  }
  /// The same with a buffer for each output.
  void run(std::span<const float> images, std::span<const std::span<float>> answers) {
    const karnin_input input{images.data(), images.size()};
    rooms_.clear();
    for (const std::span<float>& answer : answers) rooms_.push_back({answer.data(), answer.size()});
    detail::check(karnin_run(get(), &input, 1, rooms_.data(), rooms_.size()));
  }

  /// Off at first; switching starts from 0.
  void time_layers(bool on) { detail::check(karnin_time_layers(get(), on ? 1 : 0)); }
  /// Valid until the next call.
  std::span<const karnin_layer> profile() {
    const karnin_layer* layers = nullptr;
    std::size_t count = 0;
    detail::check(karnin_profile(get(), &layers, &count));
    return {layers, count};
  }

  /// For karnin.h.
  karnin_session* get() const noexcept { return session_.get(); }

 private:
  std::unique_ptr<karnin_session, detail::Close> session_;
  std::vector<karnin_output> rooms_;
};

}  // namespace v0
}  // namespace karnin

#endif
