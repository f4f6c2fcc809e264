package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Choice;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/**
 * A place relative to the message's reference position, or absolute (位置偏移): module
 * DefPositionOffset, PositionOffsetLLV. The sender picks one of six widths, or {@link #ABSOLUTE}.
 */
public final class PositionOffset implements Structure {
    /** The alternative of {@link #form} and {@link #verticalForm} that is no offset. */
    public static final int ABSOLUTE = 6;

    private static final Layout LAYOUT = Layout.closed("offsetV");
    public static final int VERTICAL = LAYOUT.bit("offsetV");

    private static final Choice HORIZONTAL_FORM =
            Choice.of(
                    "offsetLL",
                    "position-LL1 position-LL2 position-LL3 position-LL4 position-LL5 position-LL6"
                            + " position-LatLon");
    private static final Choice VERTICAL_FORM =
            Choice.of("offsetV", "offset1 offset2 offset3 offset4 offset5 offset6 elevation");
    private static final String[] FORM_NAMES = {
        "position-LL1",
        "position-LL2",
        "position-LL3",
        "position-LL4",
        "position-LL5",
        "position-LL6",
        "position-LatLon"
    };
    private static final int[] HORIZONTAL_BITS = {12, 14, 16, 18, 22, 24};
    private static final Quantity[] LON_OFFSETS = new Quantity[6];
    private static final Quantity[] LAT_OFFSETS = new Quantity[6];
    private static final Quantity LONGITUDE = Elements.LONGITUDE.named("lonDegrees");
    private static final Quantity[] HEIGHTS = new Quantity[6];

    static {
        for (int form = 0; form < ABSOLUTE; form++) {
            int half = 1 << (HORIZONTAL_BITS[form] - 1);
            LON_OFFSETS[form] = Quantity.of("lonDegrees", -half, half - 1).per(10_000_000);
            LAT_OFFSETS[form] = LON_OFFSETS[form].named("latDegrees");
            int tall = 64 << form;
            HEIGHTS[form] = Quantity.of("offset" + (form + 1) + "Metres", -tall, tall - 1).per(10);
        }
    }

    private final Pair pair = new Pair();

    public int presence;

    /** 0..5: an offset of 12, 14, 16, 18, 22 or 24 bits; {@link #ABSOLUTE}. */
    public int form;

    /** In 1e-7 degree, an offset or a longitude. */
    public int lonE7Degrees;

    /** In 1e-7 degree, an offset or a latitude. */
    public int latE7Degrees;

    /** 0..5: an offset of 7 to 12 bits; {@link #ABSOLUTE}: an elevation. */
    public int verticalForm;

    /** In 0.1 m, an offset or an elevation. */
    public int verticalDecimetres;

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        form = x.choice(HORIZONTAL_FORM, form);
        x.structure(FORM_NAMES[form], pair);
        x.endChoice();
        if ((presence & VERTICAL) != 0) {
            verticalForm = x.choice(VERTICAL_FORM, verticalForm);
            verticalDecimetres =
                    x.integer(
                            verticalForm == ABSOLUTE ? Elements.ELEVATION : HEIGHTS[verticalForm],
                            verticalDecimetres);
            x.endChoice();
        }
    }

    /** The nearest form that holds an offset of this size. */
    public void offset(int lonOffsetE7Degrees, int latOffsetE7Degrees) {
        lonE7Degrees = lonOffsetE7Degrees;
        latE7Degrees = latOffsetE7Degrees;
        form = 0;
        while (form < ABSOLUTE && !fits(lonE7Degrees, form) | !fits(latE7Degrees, form)) {
            form++;
        }
        if (form == ABSOLUTE) {
            throw new IllegalArgumentException("an offset beyond 0.84 degree");
        }
    }

    private static boolean fits(int offset, int form) {
        int half = 1 << (HORIZONTAL_BITS[form] - 1);
        return offset >= -half && offset < half;
    }

    /** In 1e-7 degree: this place on the earth, given the reference of its message. */
    public int longitude(Position3D reference) {
        return form == ABSOLUTE ? lonE7Degrees : reference.longE7Degrees + lonE7Degrees;
    }

    /** In 1e-7 degree: this place on the earth, given the reference of its message. */
    public int latitude(Position3D reference) {
        return form == ABSOLUTE ? latE7Degrees : reference.latE7Degrees + latE7Degrees;
    }

    /** Longitude and latitude, in this order. */
    private final class Pair implements Structure {
        @Override
        public void exchange(Exchange x) {
            if (form == ABSOLUTE) {
                lonE7Degrees = x.integer(LONGITUDE, lonE7Degrees);
                latE7Degrees = x.integer(Elements.LATITUDE, latE7Degrees);
            } else {
                lonE7Degrees = x.integer(LON_OFFSETS[form], lonE7Degrees);
                latE7Degrees = x.integer(LAT_OFFSETS[form], latE7Degrees);
            }
        }
    }
}
