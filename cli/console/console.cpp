#include "cli/console/console.h"

namespace karnin::cli {

Console::Console()
    : watcher_{
          [this](double fraction, const Watcher::Words& what) { progress_.update(fraction, what); },
          [this] { return interrupt_ && interrupt_->requested(); },
          [this](double fraction, const std::string& text) { progress_.line(fraction, text); },
          [this](const std::string& text) { progress_.word(text); }} {}

}  // namespace karnin::cli
