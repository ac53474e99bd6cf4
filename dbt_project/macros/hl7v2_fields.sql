{# Text of HL7 v2 without its escapes: the five that stand for separators and for
   the escape character itself. What is no such escape stays as sent. The text is
   named once by a list of one: every field is decoded, and a query that spells
   out each of them four times takes a second to plan. #}
{% macro hl7v2_decoded(text) -%}
    list_transform(
        [{{ text }}],
        lambda sent: case
            when contains(sent, escape_character) then array_to_string(
                list_transform(
                    string_split(sent, escape_character),
                    lambda part, place: case
                        when place % 2 = 1 then part
                        when
                            place = len(string_split(sent, escape_character))
                            then escape_character || part
                        when part = 'F' then field_separator
                        when part = 'S' then component_separator
                        when part = 'T' then subcomponent_separator
                        when part = 'R' then repetition_separator
                        when part = 'E' then escape_character
                        else escape_character || part || escape_character
                    end
                ),
                ''
            )
            else sent
        end
    )[1]
{%- endmacro %}

{# Component n of one repetition of an HL7 v2 field, its first subcomponent,
   decoded; null when it is empty or the deletion sign (two quotes). #}
{% macro hl7v2_part(repetition, component=1, subcomponent=1) -%}
    {%- set text -%}
        split_part(
            split_part({{ repetition }}, component_separator, {{ component }}),
            coalesce(nullif(subcomponent_separator, ''), chr(0)),
            {{ subcomponent }}
        )
    {%- endset -%}
    nullif(nullif(trim({{ hl7v2_decoded(text) }}), ''), '""')
{%- endmacro %}

{# The repetitions of an HL7 v2 field as a list. #}
{% macro hl7v2_list(number, segment="segment") -%}
    string_split(
        {{ hl7v2_field(number, segment) }},
        coalesce(nullif(repetition_separator, ''), chr(0))
    )
{%- endmacro %}

{# Component n of the first repetition of an HL7 v2 field (see hl7v2_part). #}
{% macro hl7v2_component(
    number, component=1, segment="segment", subcomponent=1
) -%}
    {{ hl7v2_part(hl7v2_list(number, segment) ~ "[1]", component, subcomponent) }}
{%- endmacro %}

{# The first component of each repetition of an HL7 v2 field, with commas. #}
{% macro hl7v2_codes(number, segment="segment") -%}
    nullif(
        array_to_string(
            list_transform(
                {{ hl7v2_list(number, segment) }},
                lambda code: split_part(code, component_separator, 1)
            ),
            ','
        ),
        ''
    )
{%- endmacro %}

{# One row per repetition of an HL7 v2 field, as a set-returning column, and the
   number of each from 1. #}
{% macro hl7v2_repetitions(number, segment="segment") -%}
    unnest({{ hl7v2_list(number, segment) }})
{%- endmacro %}

{% macro hl7v2_repetition_numbers(number, segment="segment") -%}
    unnest(range(1, len({{ hl7v2_list(number, segment) }}) + 1))
{%- endmacro %}

{# The NPI among the identifiers of a person (XCN): the repetition whose type or
   assigning authority says that it is one, else null. #}
{% macro hl7v2_npi(number, segment="segment") -%}
    {%- set found -%}
        list_filter(
            {{ hl7v2_list(number, segment) }},
            lambda person:
                split_part(person, component_separator, 13) = 'NPI'
                or split_part(person, component_separator, 9) = 'NPI'
                or split_part(
                    split_part(person, component_separator, 9),
                    subcomponent_separator,
                    2
                ) = '2.16.840.1.113883.4.6'
        )[1]
    {%- endset -%}
    {{ hl7v2_part(found) }}
{%- endmacro %}

{# The number of the patient (PID-3, or another field of the same kind): the medical
   record number when one of the identifiers says that it is one, else the first. #}
{% macro hl7v2_patient_id(segment="pid_segment", number=3) -%}
    {%- set found -%}
        list_filter(
            {{ hl7v2_list(number, segment) }},
            lambda identifier:
                split_part(identifier, component_separator, 5) = 'MR'
        )[1]
    {%- endset -%}
    coalesce({{ hl7v2_part(found) }}, {{ hl7v2_component(number, 1, segment) }})
{%- endmacro %}

{# An identifier with the name of whoever assigned it, where it is given, before
   it: two authorities may give one number. #}
{% macro hl7v2_assigned(identifier, authority) -%}
    coalesce({{ authority }} || ':', '') || {{ identifier }}
{%- endmacro %}

{# The identifier in a field with its authority (see hl7v2_assigned), which is that
   of another field where it names none. #}
{% macro hl7v2_id(number, segment="segment", like_number=none, like_segment=none) -%}
    {%- set own = hl7v2_component(number, 4, segment) -%}
    {{ hl7v2_assigned(
        hl7v2_component(number, 1, segment),
        "coalesce(" ~ own ~ ", " ~ hl7v2_component(like_number, 4, like_segment) ~ ")"
        if like_number else own
    ) }}
{%- endmacro %}

{# The encounter that a segment belongs to: its visit number (PV1-19), where that
   is missing the account number (PID-18), which several visits may share. #}
{% macro hl7v2_encounter_id(patient_segment="pid_segment") -%}
    coalesce(
        {{ hl7v2_assigned(
            hl7v2_component(19, 1, "pv1_segment"),
            hl7v2_component(19, 4, "pv1_segment")
        ) }},
        {{ hl7v2_assigned(
            hl7v2_component(18, 1, patient_segment),
            hl7v2_component(18, 4, patient_segment)
        ) }}
    )
{%- endmacro %}

{# Which of the fields of a segment the sender asks to delete (two quotes), as
   text like ' PV1-7 PV1-45 '; null when none. Empty means not sent. #}
{% macro hl7v2_cleared(segment_id, numbers, segment="segment") -%}
    nullif(
        ' '
        {%- for number in numbers %}
        || case
            when {{ hl7v2_field(number, segment) }} = '""'
                then '{{ segment_id }}-{{ number }} '
            else ''
        end
        {%- endfor %},
        ' '
    )
{%- endmacro %}

{# The value after all messages about one thing, in the order of `message_rank`:
   the last one sent; a deletion of the field leaves none, an empty field leaves
   what there was. #}
{% macro hl7v2_accumulated(column, field) -%}
    first({{ column }} order by message_rank desc) filter (
        where {{ column }} is not null or cleared_fields like '% {{ field }} %'
    )
{%- endmacro %}

{# The value of the first, or last, of the rows that meet a condition. #}
{% macro hl7v2_first(column, condition, rank="message_rank") -%}
    first({{ column }} order by {{ rank }} asc) filter (where {{ condition }})
{%- endmacro %}

{% macro hl7v2_last(column, condition="true", rank="message_rank") -%}
    first({{ column }} order by {{ rank }} desc) filter (where {{ condition }})
{%- endmacro %}
