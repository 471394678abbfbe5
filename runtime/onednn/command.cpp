#include "runtime/onednn/command.h"

#include "runtime/core/error.h"
#include "runtime/onednn/serial_call.h"

namespace karnin::onednn {

Prepared<dnnl::reorder> prepare_reorder(const Desc& src, const Desc& dst) {
  return Prepared<dnnl::reorder>(
      dnnl::reorder::primitive_desc(cpu_engine(), src, cpu_engine(), dst, worker_scratchpad()));
}

Command::Command(dnnl::primitive primitive, const Desc& scratchpad, Arguments arguments)
    : primitive_(std::move(primitive)), stream_(cpu_engine()), memories_(std::move(arguments)) {
  memories_[DNNL_ARG_SCRATCHPAD] = make_memory(scratchpad);
  for (const auto& [argument, memory] : memories_) arguments_.push_back({argument, memory.get()});
}

void Command::run() const {
  // The C interface: dnnl::primitive::execute would copy the arguments to a new vector every time.
  const SerialOpenMp serial;
  const dnnl_status_t status = dnnl_primitive_execute(
      primitive_.get(), stream_.get(), static_cast<int>(arguments_.size()), arguments_.data());
  if (status != dnnl_success)
    throw Error("oneDNN primitive: expected to run, got status " + std::to_string(status));
}

void Command::rebind(int argument, float* data) { memories_.at(argument).set_data_handle(data); }

}  // namespace karnin::onednn
