"""Single instructions that numba does not offer: bit casts, square root and ceiling in float32, vector width.

Knows nothing of numbers' meaning.
"""

from __future__ import annotations

from numba import types
from numba.extending import intrinsic


def _cast(builder, context, args, to):
    return builder.bitcast(args[0], context.get_value_type(to))


@intrinsic
def float_as_int(typingctx, x):
    """Bits of a float32 as int32."""
    return types.int32(types.float32), lambda context, builder, signature, args: _cast(
        builder, context, args, types.int32
    )


@intrinsic
def int_as_float(typingctx, x):
    """Bits of an int32 as float32."""
    return types.float32(types.int32), lambda context, builder, signature, args: _cast(
        builder, context, args, types.float32
    )


@intrinsic
def float_as_word(typingctx, x):
    """Bits of a float32 as uint32."""
    return types.uint32(types.float32), lambda context, builder, signature, args: _cast(
        builder, context, args, types.uint32
    )


@intrinsic
def word_as_float(typingctx, x):
    """Bits of a uint32 as float32."""
    return types.float32(types.uint32), lambda context, builder, signature, args: _cast(
        builder, context, args, types.float32
    )


def _unary_float(name):
    def codegen(context, builder, signature, args):
        float_type = context.get_value_type(types.float32)
        return builder.call(builder.module.declare_intrinsic(name, [float_type]), args)

    return codegen


@intrinsic
def sqrt32(typingctx, x):
    """Square root in float32, correctly rounded (numba's own goes through float64)."""
    return types.float32(types.float32), _unary_float("llvm.sqrt")


@intrinsic
def ceil32(typingctx, x):
    """Ceiling in float32 (numba's own returns an int64, which halves the lanes)."""
    return types.float32(types.float32), _unary_float("llvm.ceil")


@intrinsic
def prefer_wide_vectors(typingctx):
    """Ask for 512-bit vectors in the calling function, and keep it a function of its own.

    LLVM takes 256 bits on Intel by default, for the sake of clock rates of older processors: measured on a Xeon with
    AVX-512, the demand loop takes 1.3 x longer that way. Where a machine has no such vectors the request does nothing.
    Inlined into its caller, the loop would lose the request, and so it is not.
    """

    def codegen(context, builder, signature, args):
        # llvmlite lists the attributes it knows; this one is LLVM's own and passes through as a string.
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.none(), codegen
