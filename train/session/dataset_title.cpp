#include "train/session/dataset_title.h"

#include "formats/io/printable.h"

namespace karnin {

std::string title(const Dataset& dataset) {
  return printable_line(dataset.note.empty() ? dataset.name
                                             : dataset.name + " (" + dataset.note + ")");
}

}  // namespace karnin
