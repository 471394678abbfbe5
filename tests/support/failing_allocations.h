// Makes the heap run dry at a chosen moment. Linking failing_allocations.cpp into a test program
// replaces operator new there.
#pragma once

namespace karnin::test {

/// While it lives, the `nth` allocation of this thread (from 0) fails, and with `for_good` all that
/// follow too. At most one at a time.
class FailingAllocations {
 public:
  FailingAllocations(int nth, bool for_good);
  ~FailingAllocations();
  FailingAllocations(const FailingAllocations&) = delete;
  FailingAllocations& operator=(const FailingAllocations&) = delete;

  /// Whether any has failed so far.
  bool happened() const;
};

}  // namespace karnin::test
