package caddymodule

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/linkgate/linkgate/caddymodule/mask"
)

// maskedValue is the field of a value that zap's map encoder read, masked.
func maskedValue(key string, v any) zapcore.Field {
	switch v := v.(type) {
	case string:
		return zap.String(key, mask.Text(v))
	case []byte:
		return zap.Binary(key, []byte(mask.Text(string(v))))
	case map[string]any:
		return zap.Object(key, maskedObject(v))
	case []any:
		if list, ok := stringsOf(v); ok {
			return zap.Array(key, maskedStrings(list))
		}
		return zap.Array(key, maskedArray(v))
	case time.Time, time.Duration:
		return zap.Any(key, v) // as the encoder is configured to write them
	}
	if scalar(v) {
		return zap.Reflect(key, v)
	}
	return maskedValue(key, plain(v))
}

// A maskedObject writes its members without tokens, by name.
type maskedObject map[string]any

// MarshalLogObject implements zapcore.ObjectMarshaler.
func (o maskedObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		// a client chooses the names of its headers, too
		maskedValue(mask.Text(name), o[name]).AddTo(enc)
	}
	return nil
}

// A maskedArray writes its elements without tokens.
type maskedArray []any

// MarshalLogArray implements zapcore.ArrayMarshaler.
func (a maskedArray) MarshalLogArray(enc zapcore.ArrayEncoder) error {
	for _, v := range a {
		if err := appendMasked(enc, v); err != nil {
			return err
		}
	}
	return nil
}

func appendMasked(enc zapcore.ArrayEncoder, v any) error {
	switch v := v.(type) {
	case string:
		enc.AppendString(mask.Text(v))
		return nil
	case map[string]any:
		return enc.AppendObject(maskedObject(v))
	case []any:
		return enc.AppendArray(maskedArray(v))
	}
	if scalar(v) {
		return enc.AppendReflected(v)
	}
	return appendMasked(enc, plain(v))
}

// stringsOf is v as strings, or false if there is anything else in it.
func stringsOf(v []any) ([]string, bool) {
	list := make([]string, len(v))
	for i, e := range v {
		s, ok := e.(string)
		if !ok {
			return nil, false
		}
		list[i] = s
	}
	return list, true
}

// scalar reports whether v is of a kind that holds no text.
func scalar(v any) bool {
	switch v.(type) {
	case nil, time.Time, json.Number:
		return true
	}
	k := reflect.TypeOf(v).Kind()
	return k >= reflect.Bool && k <= reflect.Complex128
}

// plain is v as an encoder would write it, in maps, slices, strings and
// scalars. What cannot be written as JSON is not written at all, because
// whatever it holds was not masked.
func plain(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return "not encodable"
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var out any
	if dec.Decode(&out) != nil {
		return "not encodable"
	}
	return out
}
