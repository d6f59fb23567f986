// The few functions of the C library that are large and that libraries hardly use, in small. They take the place of
// libc's when the core is linked, and save 10 kB gzipped: libc's own strtod() and printf() compute with 128-bit floats.
#include <charconv>
#include <cstdarg>
#include <cstddef>
#include <cstring>

namespace {

// Writes the conversions that nlohmann_json uses: %x and %X of an unsigned, with zeroes in front up to the width or
// precision. Traps at any other, because a text that is silently wrong would be worse.
int Format(char* out, std::size_t size, const char* format, std::va_list args) {
  std::size_t length = 0;
  const auto put = [&](char c) {
    if (length + 1 < size) out[length] = c;
    ++length;
  };
  for (; *format != '\0'; ++format) {
    if (*format != '%') {
      put(*format);
      continue;
    }
    int width = 0;
    for (++format; *format == '.' || (*format >= '0' && *format <= '9'); ++format) {
      if (*format != '.') width = width * 10 + (*format - '0');
    }
    if (*format != 'x' && *format != 'X') __builtin_trap();
    const char* digits = *format == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    const unsigned value = va_arg(args, unsigned);
    int count = 1;
    while (count < 8 && (count < width || value >> (4 * count) != 0)) ++count;
    while (count-- > 0) put(digits[value >> (4 * count) & 0xf]);
  }
  if (size > 0) out[length < size ? length : size - 1] = '\0';
  return static_cast<int>(length);
}

}  // namespace

extern "C" {

// Decimal numbers only, without white space or a plus sign in front.
double strtod(const char* text, char** end) {
  double value = 0;
  const char* stop = std::from_chars(text, text + std::strlen(text), value).ptr;
  if (end != nullptr) *end = const_cast<char*>(stop);
  return value;
}
float strtof(const char* text, char** end) { return static_cast<float>(strtod(text, end)); }
long double strtold(const char* text, char** end) { return strtod(text, end); }

int snprintf(char* out, std::size_t size, const char* format, ...) {
  std::va_list args;
  va_start(args, format);
  const int length = Format(out, size, format, args);
  va_end(args);
  return length;
}

}  // extern "C"
