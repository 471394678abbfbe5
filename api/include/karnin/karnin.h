/* karnin: runs and prunes small and medium neural networks on a CPU.
 *
 *     model     what a file holds: a network and its weights; read, pruned, saved
 *     engine    a model prepared for this machine: kernels chosen, weights laid out; never changes
 *     session   the buffers with which one thread at a time runs an engine
 *
 * Values. Everything is float, C order. An input is N x C x H x W, channel after channel whatever
 * the file's own order was (karnin_value.channels_last), an output N x C x H x W too, or N x C
 * where H and W are 1. N, the number of images in a call, is free. Numbers go in as the network
 * takes them: nothing scales pixels (karnin_preprocess tells how).
 *
 * Ownership. Whatever a function makes belongs to the caller, who closes it; closing NULL does
 * nothing. Engines don't need their model any longer, nor sessions their engine: close in any
 * order. Buffers of the caller are read or written during the call alone. Texts that come out
 * belong to the object that they were asked from, and live as long.
 *
 * Threads. Models and engines never change: any number of threads may use one. A session is for one
 * thread at a time; a second one gets KARNIN_BUSY and disturbs nobody. No thread is made but those
 * that karnin_engine_options.num_threads asks for, and these sleep when there is nothing to do.
 * We print nothing and read no environment (oneDNN has ONEDNN_VERBOSE), and no other state is
 * shared: engines side by side don't know of each other. With race = 0, results don't depend on the
 * number of threads.
 *
 * Errors. Functions return a status and never throw, abort or exit. karnin_message() then says in
 * words what was expected, what came, and where; what the function was to make is NULL.
 */
#ifndef KARNIN_KARNIN_H
#define KARNIN_KARNIN_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define KARNIN_API __attribute__((visibility("default")))
#else
#define KARNIN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct karnin_model karnin_model;
typedef struct karnin_engine karnin_engine;
typedef struct karnin_session karnin_session;

typedef enum karnin_status {
  KARNIN_OK = 0,
  KARNIN_BAD_ARGUMENT = 1, /* NULL, a number out of range, an object that was closed */
  KARNIN_BAD_SHAPE = 2,    /* buffers or layers whose sizes don't fit */
  KARNIN_BAD_FILE = 3,     /* missing, unreadable, unsound, or of something not supported */
  KARNIN_CANNOT_WRITE = 4, /* what was there before is unharmed */
  KARNIN_NOT_FINITE = 5,   /* an infinity or NaN came in or out; the message names the layer */
  KARNIN_BUSY = 6,         /* another thread is inside this session */
  KARNIN_NO_MEMORY = 7,
  KARNIN_INTERNAL = 8 /* a mistake of ours: please report the message */
} karnin_status;

/* "0.1.0". What was compiled for one libkarnin.so.0 runs with every later one: functions are added,
 * none is changed or removed. */
KARNIN_API const char* karnin_version(void);

/* Why the last call of this thread that failed did so; "" if none did. Valid until the next failure
 * in this thread. */
KARNIN_API const char* karnin_message(void);

/* ---- Models ---- */

/* Reads a file that karnin-cpu wrote, or an ONNX file (its name ends with .onnx, and tensors beside
 * it are read from its folder alone). Files are not trusted: whatever is in them, the worst is
 * KARNIN_BAD_FILE. */
KARNIN_API karnin_status karnin_load(const char* path, karnin_model** model);

/* The same from memory; which of the two it is, the bytes say. */
KARNIN_API karnin_status karnin_load_memory(const void* bytes, size_t size, karnin_model** model);

/* Writes a file of ours, or ONNX where the name ends with .onnx, all at once: an existing file is
 * replaced when the new one is complete, or stays as it was. */
KARNIN_API karnin_status karnin_save(const karnin_model* model, const char* path);

KARNIN_API void karnin_model_close(karnin_model* model);

/* What goes into a network or comes out of it, for one image. */
typedef struct karnin_value {
  const char* name;
  int64_t channels, height, width; /* height and width are 1 where there is no plane */
  int32_t channels_last; /* 1: the network's author had H x W x C. Here it is C x H x W. */
} karnin_value;

/* Networks have one input, so far, and one or more outputs. */
KARNIN_API size_t karnin_input_count(const karnin_model* model);
KARNIN_API size_t karnin_output_count(const karnin_model* model);
KARNIN_API karnin_status karnin_input_at(const karnin_model* model, size_t index,
                                         karnin_value* value);
KARNIN_API karnin_status karnin_output_at(const karnin_model* model, size_t index,
                                          karnin_value* value);

/* How a byte of channel c becomes what the network takes: (byte / 255 - mean[c]) / std[c]. Both
 * have as many values as the input has channels. */
KARNIN_API karnin_status karnin_preprocess(const karnin_model* model, const float** mean,
                                           const float** std);

/* Weights and other parameters, and how many of them are not 0. */
KARNIN_API karnin_status karnin_parameters(const karnin_model* model, int64_t* all,
                                           int64_t* nonzero);

/* ---- Pruning ---- */

/* Set struct_size to sizeof(karnin_prune_options), or start from KARNIN_PRUNE_OPTIONS. */
typedef struct karnin_prune_options {
  size_t struct_size;
  const char* method; /* "magnitude", "lamp", "random"; "obs" and "obd", which look at images;
                         and the scores that karnin-cpu train leaves in its model:
                         "karnin-gradient-epoch", "movement", ... */
  double sparsity;    /* share of the chosen weights that goes, in [0, 1] */
  int32_t global;     /* 0: that share of every layer; 1: of all chosen layers together, which
                         is what "obs" and "obd" are for */
  uint64_t seed;      /* of "random", and of where images are looked at */
  const char* const* layers; /* names of those to choose; NULL: all fully connected ones but the
                                last, or all convolutions where there are none */
  size_t layer_count;
  const float* images; /* to calibrate by, N x C x H x W as karnin_run takes them; labels aren't
                          needed, some hundred or thousand images are. NULL: none */
  size_t floats;       /* N x C x H x W; says what N is */
  int32_t num_threads; /* of calibration. 1: the calling thread alone. 0: all that the process may
                          use. They don't change the result */
} karnin_prune_options;

#define KARNIN_PRUNE_OPTIONS \
  {sizeof(karnin_prune_options), "magnitude", 0.5, 0, 1, NULL, 0, NULL, 0, 1}

/* Takes weights away, in one go and without training. The model stays as it is; the pruned one is
 * new, remembers how it was pruned, and has not got the scores that training left. Weights that
 * were pruned before stay so and count towards the share. Where there are images, of whatever
 * method, the weights that are left are fitted, layer by layer, to what the network gave for them,
 * which takes seconds or minutes. KARNIN_NOT_FINITE: the network overflows on these images.
 * options may be NULL, for KARNIN_PRUNE_OPTIONS. */
KARNIN_API karnin_status karnin_prune(const karnin_model* model,
                                      const karnin_prune_options* options, karnin_model** pruned);

/* ---- Engines ---- */

/* For num_threads: the images of a run are spread over the oneTBB arena from which karnin_run is
 * called; a thread in none has oneTBB's own, of all CPUs. */
#define KARNIN_CALLERS_ARENA (-1)

/* Set struct_size to sizeof(karnin_engine_options), or start from KARNIN_ENGINE_OPTIONS. */
typedef struct karnin_engine_options {
  size_t struct_size;
  int64_t batch;       /* images that a run will typically bring; any number may come */
  int32_t num_threads; /* 1: the calling thread alone. 0: all that the process may use.
                          KARNIN_CALLERS_ARENA */
  int32_t race; /* 1: kernels are chosen by the clock, which takes some ten milliseconds or more.
                   0: by rule, the same on every run */
} karnin_engine_options;

#define KARNIN_ENGINE_OPTIONS {sizeof(karnin_engine_options), 1, 1, 1}

/* options may be NULL, for KARNIN_ENGINE_OPTIONS. */
KARNIN_API karnin_status karnin_engine_open(const karnin_model* model,
                                            const karnin_engine_options* options,
                                            karnin_engine** engine);
KARNIN_API void karnin_engine_close(karnin_engine* engine);

/* ---- Sessions ---- */

/* Takes memory for activations alone: weights are the engine's. */
KARNIN_API karnin_status karnin_session_open(const karnin_engine* engine, karnin_session** session);

/* Not while another thread is inside. */
KARNIN_API void karnin_session_close(karnin_session* session);

typedef struct karnin_input {
  const float* data;
  size_t floats; /* N x C x H x W; says what N is */
} karnin_input;

typedef struct karnin_output {
  float* data;
  size_t floats; /* N times the output's size, exactly */
} karnin_output;

/* Runs N images. One entry for each input and output of the network, in its order; no output may
 * overlap an input or another output. N = 0 is a run of nothing. After a first run with as many
 * images, nothing of ours allocates. After KARNIN_NOT_FINITE outputs hold what came; after any
 * other failure they are as before. */
KARNIN_API karnin_status karnin_run(karnin_session* session, const karnin_input* inputs,
                                    size_t input_count, const karnin_output* outputs,
                                    size_t output_count);

/* Why the last call with this session that failed did so, whichever thread made it (KARNIN_BUSY
 * apart, which is the other thread's alone); "" if none did. Valid until the next call. */
KARNIN_API const char* karnin_session_message(const karnin_session* session);

/* ---- Profiles ---- */

typedef struct karnin_layer {
  const char* name;   /* valid until the next karnin_profile of the session */
  const char* kernel; /* what it runs with, such as "sparse-lanes" */
  int64_t parameters, nonzero;
  int64_t macs;        /* multiplications and additions for an image, of all weights */
  double microseconds; /* for an image, on one core, since timing was switched on; 0 without */
} karnin_layer;

/* Off at first; switching starts from 0. Costs some ten nanoseconds a layer and run. */
KARNIN_API karnin_status karnin_time_layers(karnin_session* session, int32_t on);

/* Layers as they run: what was joined with a neighbour isn't there. They are the session's. */
KARNIN_API karnin_status karnin_profile(karnin_session* session, const karnin_layer** layers,
                                        size_t* count);

#ifdef __cplusplus
}
#endif

#endif
