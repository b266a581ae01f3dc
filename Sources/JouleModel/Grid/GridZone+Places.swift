/// Places by their codes: data, one entry between semicolons.
extension GridZone {
    /// ISO 3166-1: alpha-2, alpha-3, the short name in English.
    static let countryText = """
        AW ABW Aruba; AF AFG Afghanistan; AO AGO Angola; AI AIA Anguilla; AX ALA Åland Islands; AL ALB Albania; AD AND Andorra;
        AE ARE United Arab Emirates; AR ARG Argentina; AM ARM Armenia; AS ASM American Samoa; AQ ATA Antarctica;
        TF ATF French Southern Territories; AG ATG Antigua and Barbuda; AU AUS Australia; AT AUT Austria; AZ AZE Azerbaijan;
        BI BDI Burundi; BE BEL Belgium; BJ BEN Benin; BQ BES Bonaire; BF BFA Burkina Faso; BD BGD Bangladesh; BG BGR Bulgaria;
        BH BHR Bahrain; BS BHS Bahamas; BA BIH Bosnia and Herzegovina; BL BLM Saint Barthélemy; BY BLR Belarus; BZ BLZ Belize;
        BM BMU Bermuda; BO BOL Bolivia; BR BRA Brazil; BB BRB Barbados; BN BRN Brunei; BT BTN Bhutan; BV BVT Bouvet Island;
        BW BWA Botswana; CF CAF Central African Republic; CA CAN Canada; CC CCK Cocos (Keeling) Islands; CH CHE Switzerland;
        CL CHL Chile; CN CHN China; CI CIV Cote d'Ivoire; CM CMR Cameroon; CD COD Democratic Republic of Congo; CG COG Congo;
        CK COK Cook Islands; CO COL Colombia; KM COM Comoros; CV CPV Cape Verde; CR CRI Costa Rica; CU CUB Cuba; CW CUW Curaçao;
        CX CXR Christmas Island; KY CYM Cayman Islands; CY CYP Cyprus; CZ CZE Czechia; DE DEU Germany; DJ DJI Djibouti; DM DMA Dominica;
        DK DNK Denmark; DO DOM Dominican Republic; DZ DZA Algeria; EC ECU Ecuador; EG EGY Egypt; ER ERI Eritrea; EH ESH Western Sahara;
        ES ESP Spain; EE EST Estonia; ET ETH Ethiopia; FI FIN Finland; FJ FJI Fiji; FK FLK Falkland Islands; FR FRA France;
        FO FRO Faroe Islands; FM FSM Micronesia; GA GAB Gabon; GB GBR United Kingdom; GE GEO Georgia; GG GGY Guernsey; GH GHA Ghana;
        GI GIB Gibraltar; GN GIN Guinea; GP GLP Guadeloupe; GM GMB Gambia; GW GNB Guinea-Bissau; GQ GNQ Equatorial Guinea; GR GRC Greece;
        GD GRD Grenada; GL GRL Greenland; GT GTM Guatemala; GF GUF French Guiana; GU GUM Guam; GY GUY Guyana; HK HKG Hong Kong;
        HM HMD Heard Island and McDonald Islands; HN HND Honduras; HR HRV Croatia; HT HTI Haiti; HU HUN Hungary; ID IDN Indonesia;
        IM IMN Isle of Man; IN IND India; IO IOT British Indian Ocean Territory; IE IRL Ireland; IR IRN Iran; IQ IRQ Iraq;
        IS ISL Iceland; IL ISR Israel; IT ITA Italy; JM JAM Jamaica; JE JEY Jersey; JO JOR Jordan; JP JPN Japan; KZ KAZ Kazakhstan;
        KE KEN Kenya; KG KGZ Kyrgyzstan; KH KHM Cambodia; KI KIR Kiribati; KN KNA Saint Kitts and Nevis; KR KOR South Korea;
        KW KWT Kuwait; LA LAO Laos; LB LBN Lebanon; LR LBR Liberia; LY LBY Libya; LC LCA Saint Lucia; LI LIE Liechtenstein;
        LK LKA Sri Lanka; LS LSO Lesotho; LT LTU Lithuania; LU LUX Luxembourg; LV LVA Latvia; MO MAC Macao;
        MF MAF Saint Martin (French part); MA MAR Morocco; MC MCO Monaco; MD MDA Moldova; MG MDG Madagascar; MV MDV Maldives;
        MX MEX Mexico; MH MHL Marshall Islands; MK MKD North Macedonia; ML MLI Mali; MT MLT Malta; MM MMR Myanmar; ME MNE Montenegro;
        MN MNG Mongolia; MP MNP Northern Mariana Islands; MZ MOZ Mozambique; MR MRT Mauritania; MS MSR Montserrat; MQ MTQ Martinique;
        MU MUS Mauritius; MW MWI Malawi; MY MYS Malaysia; YT MYT Mayotte; NA NAM Namibia; NC NCL New Caledonia; NE NER Niger;
        NF NFK Norfolk Island; NG NGA Nigeria; NI NIC Nicaragua; NU NIU Niue; NL NLD Netherlands; NO NOR Norway; NP NPL Nepal;
        NR NRU Nauru; NZ NZL New Zealand; OM OMN Oman; PK PAK Pakistan; PA PAN Panama; PN PCN Pitcairn; PE PER Peru; PH PHL Philippines;
        PW PLW Palau; PG PNG Papua New Guinea; PL POL Poland; PR PRI Puerto Rico; KP PRK North Korea; PT PRT Portugal; PY PRY Paraguay;
        PS PSE Palestine; PF PYF French Polynesia; QA QAT Qatar; RE REU Reunion; RO ROU Romania; RU RUS Russia; RW RWA Rwanda;
        SA SAU Saudi Arabia; SD SDN Sudan; SN SEN Senegal; SG SGP Singapore; GS SGS South Georgia and the South Sandwich Islands;
        SH SHN Saint Helena; SJ SJM Svalbard and Jan Mayen; SB SLB Solomon Islands; SL SLE Sierra Leone; SV SLV El Salvador;
        SM SMR San Marino; SO SOM Somalia; PM SPM Saint Pierre and Miquelon; RS SRB Serbia; SS SSD South Sudan;
        ST STP Sao Tome and Principe; SR SUR Suriname; SK SVK Slovakia; SI SVN Slovenia; SE SWE Sweden; SZ SWZ Eswatini;
        SX SXM Sint Maarten (Dutch part); SC SYC Seychelles; SY SYR Syria; TC TCA Turks and Caicos Islands; TD TCD Chad; TG TGO Togo;
        TH THA Thailand; TJ TJK Tajikistan; TK TKL Tokelau; TM TKM Turkmenistan; TL TLS East Timor; TO TON Tonga;
        TT TTO Trinidad and Tobago; TN TUN Tunisia; TR TUR Turkey; TV TUV Tuvalu; TW TWN Taiwan; TZ TZA Tanzania; UG UGA Uganda;
        UA UKR Ukraine; UM UMI United States Minor Outlying Islands; UY URY Uruguay; US USA United States; UZ UZB Uzbekistan;
        VA VAT Holy See (Vatican City State); VC VCT Saint Vincent and the Grenadines; VE VEN Venezuela; VG VGB British Virgin Islands;
        VI VIR United States Virgin Islands; VN VNM Vietnam; VU VUT Vanuatu; WF WLF Wallis and Futuna; WS WSM Samoa; YE YEM Yemen;
        ZA ZAF South Africa; ZM ZMB Zambia; ZW ZWE Zimbabwe
        """

    /// ISO 3166-2 subdivisions of the countries whose grids are told apart (United States, Canada, China, United Kingdom), and the bidding
    /// zones of Norway and Sweden as Electricity Maps writes them.
    static let regionText = """
        CA-AB Alberta; CA-BC British Columbia; CA-MB Manitoba; CA-NB New Brunswick; CA-NL Newfoundland and Labrador; CA-NS Nova Scotia;
        CA-NT Northwest Territories; CA-NU Nunavut; CA-ON Ontario; CA-PE Prince Edward Island; CA-QC Quebec; CA-SK Saskatchewan;
        CA-YT Yukon; CN-AH Anhui; CN-BJ Beijing; CN-CQ Chongqing; CN-FJ Fujian; CN-GD Guangdong; CN-GS Gansu; CN-GX Guangxi;
        CN-GZ Guizhou; CN-HA Henan; CN-HB Hubei; CN-HE Hebei; CN-HI Hainan; CN-HL Heilongjiang; CN-HN Hunan; CN-JL Jilin; CN-JS Jiangsu;
        CN-JX Jiangxi; CN-LN Liaoning; CN-NM Inner Mongolia; CN-NX Ningxia; CN-QH Qinghai; CN-SC Sichuan; CN-SD Shandong; CN-SH Shanghai;
        CN-SN Shaanxi; CN-SX Shanxi; CN-TJ Tianjin; CN-XJ Xinjiang; CN-YN Yunnan; CN-ZJ Zhejiang; US-AK Alaska; US-AL Alabama;
        US-AR Arkansas; US-AZ Arizona; US-CA California; US-CO Colorado; US-CT Connecticut; US-DC District of Columbia; US-DE Delaware;
        US-FL Florida; US-GA Georgia; US-HI Hawaii; US-IA Iowa; US-ID Idaho; US-IL Illinois; US-IN Indiana; US-KS Kansas; US-KY Kentucky;
        US-LA Louisiana; US-MA Massachusetts; US-MD Maryland; US-ME Maine; US-MI Michigan; US-MN Minnesota; US-MO Missouri;
        US-MS Mississippi; US-MT Montana; US-NC North Carolina; US-ND North Dakota; US-NE Nebraska; US-NH New Hampshire;
        US-NJ New Jersey; US-NM New Mexico; US-NV Nevada; US-NY New York; US-OH Ohio; US-OK Oklahoma; US-OR Oregon; US-PA Pennsylvania;
        US-RI Rhode Island; US-SC South Carolina; US-SD South Dakota; US-TN Tennessee; US-TX Texas; US-UT Utah; US-VA Virginia;
        US-VT Vermont; US-WA Washington; US-WI Wisconsin; US-WV West Virginia; US-WY Wyoming
        NO-NO1 Oslo; NO-NO2 Southern Norway; NO-NO3 Central Norway; NO-NO4 Northern Norway; NO-NO5 Western Norway;
        SE-SE1 Northern Sweden; SE-SE2 North-central Sweden; SE-SE3 South-central Sweden with Stockholm; SE-SE4 Southern Sweden
        GB-ENG England; GB-SCT Scotland; GB-WLS Wales; GB-NIR Northern Ireland
        """
}
