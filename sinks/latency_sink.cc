#include "sinks/latency_sink.h"

#include "absl/types/variant.h"

namespace dirwatcher {

void LatencySink::OnEvent(const Event& event) {
  const auto* const match = absl::get_if<LineMatched>(&event);
  if (match == nullptr || match->written < since_) return;
  if (waiting_.empty() || waiting_.back().written != match->written) {
    waiting_.push_back({match->written, 0});
  }
  ++waiting_.back().count;
}

void LatencySink::Flush() {
  if (waiting_.empty()) return;
  const absl::Time now = clock_.Now();
  for (const Lines& lines : waiting_) {
    histogram_->Add(now - lines.written, lines.count);
  }
  waiting_.clear();
}

}  // namespace dirwatcher
