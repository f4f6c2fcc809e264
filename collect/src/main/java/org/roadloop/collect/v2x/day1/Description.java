package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Characters;
import org.roadloop.collect.v2x.uper.Choice;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Octets;
import org.roadloop.collect.v2x.uper.Structure;

/** A text about an event or a sign (文字描述): module RSI, Description. */
public final class Description implements Structure {
    /** {@link #form}: IA5, 1..512 characters. */
    public static final int TEXT_STRING = 0;

    /** {@link #form}: Chinese, 2..512 bytes. */
    public static final int TEXT_GB2312 = 1;

    private static final Choice FORM = Choice.of("description", "textString textGB2312");
    private static final Characters STRING = new Characters("textString", 1, 512, 7);
    private static final Characters GB2312 = new Characters("textGB2312", 2, 512, 8);

    /** {@link #TEXT_STRING} or {@link #TEXT_GB2312}. */
    public int form;

    public final Octets text = new Octets();

    @Override
    public void exchange(Exchange x) {
        form = x.choice(FORM, form);
        x.characters(form == TEXT_STRING ? STRING : GB2312, text);
        x.endChoice();
    }
}
