/* run MODEL < IMAGES: what a network answers to each image, floats in, numbers out. */
#include <karnin/karnin.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  karnin_model* model = NULL;
  karnin_engine* engine = NULL;
  karnin_session* session = NULL;
  karnin_value in, out;
  if (argc != 2 || karnin_load(argv[1], &model) || karnin_input_at(model, 0, &in) ||
      karnin_output_at(model, 0, &out) || karnin_engine_open(model, NULL, &engine) ||
      karnin_session_open(engine, &session))
    return fprintf(stderr, "run: %s\n", karnin_message()), 1;
  const size_t floats = (size_t)(in.channels * in.height * in.width);
  const size_t answers = (size_t)(out.channels * out.height * out.width);
  float *image = malloc(floats * sizeof(float)), *answer = malloc(answers * sizeof(float));
  const karnin_input input = {image, floats};
  const karnin_output output = {answer, answers};
  while (fread(image, sizeof(float), floats, stdin) == floats) {
    if (karnin_run(session, &input, 1, &output, 1))
      return fprintf(stderr, "run: %s\n", karnin_session_message(session)), 1;
    for (size_t i = 0; i < answers; ++i) printf("%.9g\n", answer[i]);
  }
  free(image), free(answer);
  karnin_session_close(session), karnin_engine_close(engine), karnin_model_close(model);
}
