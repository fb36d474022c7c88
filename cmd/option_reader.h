// OptionReader: reads the values of options into a program's own struct, and
// keeps the first thing that is wrong.
//
//   OptionReader reader(source);
//   reader.Read("int", ToInterval, &options.interval);
//   reader.ReadAll("attach", ToNonEmpty, &options.attachments);
//   if (!reader.status().ok()) return reader.status();

#ifndef DIRWATCHER_CMD_OPTION_READER_H_
#define DIRWATCHER_CMD_OPTION_READER_H_

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cmd/option_sources.h"
#include "cmd/raw_value.h"

namespace dirwatcher {

// A `convert` is given a RawValue and returns an absl::StatusOr; see
// cmd/option_values.h. Thread-compatible.
class OptionReader {
 public:
  // `source` must outlive it.
  explicit OptionReader(const OptionSource& source) : source_(source) {}

  // The first thing that was wrong.
  const absl::Status& status() const { return status_; }
  void Fail(const absl::Status& status) { status_.Update(status); }

  std::vector<RawValue> All(absl::string_view name) const {
    const std::vector<RawValue>* const values = source_.Find(name);
    return values == nullptr ? std::vector<RawValue>() : *values;
  }

  // Sets `*target` to what `convert` makes of the option's last value, if it
  // has any.
  template <typename T, typename Convert>
  void Read(absl::string_view name, Convert convert, T* target) {
    const std::vector<RawValue>* const values = source_.Find(name);
    if (values == nullptr || !status_.ok()) return;
    Keep(convert(values->back()), target);
  }

  // Appends to `*targets` what `convert` makes of each of its values.
  template <typename T, typename Convert>
  void ReadAll(absl::string_view name, Convert convert,
               std::vector<T>* targets) {
    for (const RawValue& value : All(name)) {
      if (!status_.ok()) return;
      T target{};
      Keep(convert(value), &target);
      if (status_.ok()) targets->push_back(std::move(target));
    }
  }

  template <typename T, typename Value>
  void Keep(absl::StatusOr<Value> value, T* target) {
    if (value.ok()) {
      *target = static_cast<T>(*std::move(value));
    } else {
      Fail(value.status());
    }
  }

 private:
  const OptionSource& source_;
  absl::Status status_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_OPTION_READER_H_
