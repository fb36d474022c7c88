// Which part of a text can be copied as it is, whoever reads it.

#ifndef DIRWATCHER_TEXT_PRINTABLE_H_
#define DIRWATCHER_TEXT_PRINTABLE_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace dirwatcher {

// How many bytes at the beginning of `text` are printable ASCII and neither a
// double quote nor a backslash: nobody needs to escape those.
size_t PrintablePrefixLength(absl::string_view text);

}  // namespace dirwatcher

#endif  // DIRWATCHER_TEXT_PRINTABLE_H_
