#include "cmd/queue_listing.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "logging/escape.h"
#include "notify/target.h"

namespace dirwatcher {
namespace {

using Row = std::array<std::string, 7>;

std::string FormatMoment(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, zone);
}

std::string Label(const std::string& target) {
  const absl::StatusOr<Target> parsed = ParseTarget(target);
  return parsed.ok() ? parsed->label : "(not understood)";
}

std::string WaitsFor(const QueuedDelivery& delivery, absl::TimeZone zone) {
  switch (delivery.state) {
    case DeliveryState::kCollecting:
      return absl::StrCat("repeats until ",
                          FormatMoment(delivery.next_try, zone));
    case DeliveryState::kCounted:
      return absl::StrCat("only counted until ",
                          FormatMoment(delivery.next_try, zone));
    case DeliveryState::kReady:
      break;
  }
  if (delivery.tries == 0) return "its first try";
  return absl::StrCat("a try after ", FormatMoment(delivery.next_try, zone));
}

}  // namespace

std::string QueueListing(const std::vector<QueuedDelivery>& deliveries,
                         absl::TimeZone zone) {
  if (deliveries.empty()) return "Nothing waits.\n";
  std::vector<Row> rows = {{"WRITTEN", "TARGET", "TRIES", "WAITS FOR",
                            "MESSAGES", "SUBJECT", "LAST ERROR"}};
  for (const QueuedDelivery& each : deliveries) {
    rows.push_back({FormatMoment(each.created, zone), Label(each.target),
                    absl::StrCat(each.tries), WaitsFor(each, zone),
                    absl::StrCat(each.repeats), EscapeForLog(each.subject),
                    EscapeForLog(each.last_error)});
  }
  std::array<size_t, 7> widths = {};
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string listing;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      absl::StrAppend(&line, row[i],
                      std::string(widths[i] - row[i].size() + 2, ' '));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&listing, line, "\n");
  }
  return listing;
}

}  // namespace dirwatcher
