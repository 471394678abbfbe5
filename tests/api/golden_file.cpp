// Writes the paper's network, as the golden vectors have it, for tests that aren't C++.
#include "formats/model/model_file.h"
#include "tests/support/golden.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  karnin::write_model(argv[1], karnin::test::golden_model());
}
