// RawValue: what a user wrote for an option, before anybody has judged it.

#ifndef DIRWATCHER_CMD_RAW_VALUE_H_
#define DIRWATCHER_CMD_RAW_VALUE_H_

#include <string>

namespace dirwatcher {

struct RawValue {
  std::string text;
  // By what words to name it when it is wrong: `--int "0"`, `X_INT="0"`,
  // `file.conf:3: int = "0"`. Holds the text, so whoever reads an option that
  // may have a secret in it does not show this.
  std::string origin;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_RAW_VALUE_H_
